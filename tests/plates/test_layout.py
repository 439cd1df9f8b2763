from __future__ import annotations

import itertools

import pytest

from plates.layout import CELL_HEIGHT, CELL_TOP, HEIGHT, layout, paint


def test_a_small_cars_plate_has_the_cells_of_the_standard() -> None:
    plan = layout("blue", "京A12345")
    assert [cell.x for cell in plan.cells] == [15, 72, 151, 208, 265, 322, 379]
    assert {cell.width for cell in plan.cells} == {45}
    assert (plan.width, HEIGHT, CELL_TOP, CELL_TOP + CELL_HEIGHT) == (440, 140, 25, 115)
    assert plan.dot == 134


def test_a_new_energy_plate_has_eight_cells_and_no_dot() -> None:
    plan = layout("green", "京AD12345")
    assert plan.width == 480
    assert [cell.width for cell in plan.cells] == [45] + [43] * 7
    ends = [cell.x + cell.width for cell in plan.cells]
    gaps = [cell.x - end for cell, end in zip(plan.cells[1:], ends, strict=False)]
    assert gaps == pytest.approx([9, 49, 9, 9, 9, 9, 9])
    assert plan.cells[0].x == pytest.approx(plan.width - ends[-1], abs=1)
    assert plan.dot is None


def test_a_plate_of_two_rows_is_as_wide_and_half_as_high_again() -> None:
    plan = layout("yellow_two_rows", "京A12345")
    assert (plan.width, plan.height) == (440, 220)
    above, below = plan.cells[:2], plan.cells[2:]
    assert {(cell.width, cell.top, cell.height) for cell in above} == {(80, 15, 60)}
    assert {(cell.width, cell.top, cell.height) for cell in below} == {(65, 90, 110)}
    for row in (above, below):  # symmetrical, and apart
        assert row[0].x == pytest.approx(plan.width - row[-1].x - row[-1].width)
        assert all(a.x + a.width < b.x for a, b in itertools.pairwise(row))
    assert above[0].x + 80 < plan.dot < above[1].x


def test_the_dot_of_an_embassy_comes_after_the_country() -> None:
    plan = layout("black", "使224578")
    assert plan.dot is not None
    assert plan.cells[3].x + plan.cells[3].width < plan.dot < plan.cells[4].x


def test_the_colours_of_the_kinds() -> None:
    assert max(paint("blue", "京A12345").top) == paint("blue", "京A12345").top[0]
    assert paint("white", "京A1234警").red == "警"
    assert paint("green", "京A12345D").left is not None
    assert paint("green", "京AD12345").left is None
    for kind, dark_ink in [("blue", False), ("yellow", True), ("white", True), ("black", False)]:
        colours = paint(kind, "京A12345")
        assert (sum(colours.ink) < sum(colours.top)) == dark_ink
