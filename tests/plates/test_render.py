from __future__ import annotations

import subprocess
import zlib
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import ImageFont

from plates import KINDS, draw_kind, draw_plate, glyphs, numbering

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_plate_is_a_picture_and_its_text(kind: str) -> None:
    for seed in range(10):
        picture, text = draw_plate(np.random.default_rng(seed), kind)
        assert picture.dtype == np.uint8
        assert picture.ndim == 3 and picture.shape[2] == 3
        width = 480 if kind == "green" else 440
        assert 0.6 * width < picture.shape[1] < 1.2 * width
        aspect = picture.shape[1] / picture.shape[0]
        assert 1.6 < aspect < 2.5 if kind == "yellow_two_rows" else 2.5 < aspect < 4.5
        assert len(text) == (8 if kind == "green" else 7)


def test_the_kind_is_what_is_drawn_first() -> None:
    kinds = set()
    for seed in range(60):
        plain, rng = (np.random.default_rng(seed) for _ in range(2))
        expected = draw_plate(plain)
        kind = draw_kind(rng)
        plate, text = draw_plate(rng, kind)
        assert text == expected[1]
        np.testing.assert_array_equal(plate, expected[0])
        kinds.add(kind)
    assert kinds == set(KINDS)


def test_the_same_generator_state_gives_the_same_plate_whatever_was_drawn_before(
    run_command: Command,
) -> None:
    first, text = draw_plate(np.random.default_rng(3))
    draw_plate(np.random.default_rng(4))
    again, text_again = draw_plate(np.random.default_rng(3))
    assert text == text_again
    np.testing.assert_array_equal(first, again)

    code = (
        "import numpy as np, zlib; from plates import draw_plate;"
        "picture, text = draw_plate(np.random.default_rng(3));"
        "print(zlib.crc32(picture.tobytes()))"
    )
    fresh = run_command("-c", code)
    assert int(fresh.stdout) == zlib.crc32(first.tobytes())


def test_plates_differ() -> None:
    rng = np.random.default_rng(0)
    plates = [draw_plate(rng, "blue") for _ in range(5)]
    assert len({text for _, text in plates}) == 5
    assert len({picture.shape for picture, _ in plates}) > 1


def test_without_a_kind_blue_leads_and_all_kinds_come() -> None:
    rng = np.random.default_rng(1)
    texts = [draw_plate(rng)[1] for _ in range(150)]
    assert any(text[-1] == "警" for text in texts)
    assert any(len(text) == 8 for text in texts)
    assert any(text[-1] in "学挂" for text in texts)
    assert any(text[0] == "使" or text[-1] in "领港澳" for text in texts)
    assert sum(len(text) == 7 for text in texts) > 100


@pytest.mark.parametrize(("kind", "light_ink"), [("blue", True), ("yellow", False)])
def test_ink_stands_out_from_the_ground(kind: str, light_ink: bool) -> None:
    for seed in range(20):
        picture, _ = draw_plate(np.random.default_rng(seed), kind)
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(int)
        height, width = grey.shape
        inner = grey[height // 4 : -height // 4, width // 20 : -width // 20]
        dark, light = np.percentile(inner, [5, 95])
        assert light - dark > 40
        # Characters cover about a third of the space between the borders.
        assert (np.median(inner) < (light + dark) / 2) == light_ink


def test_a_character_stands_in_its_cell() -> None:
    """The empty gap after the second character of a new energy plate shows no ink."""
    for seed in range(20):
        picture, _ = draw_plate(np.random.default_rng(seed), "green")
        height, width = picture.shape[:2]
        grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), (0, 0), 2)
        row = grey[round(0.35 * height) : round(0.65 * height)].min(axis=0).astype(int)
        gap = row[round(138 / 480 * width) : round(142 / 480 * width)]
        serial = row[round(170 / 480 * width) : round(440 / 480 * width)]
        assert gap.min() > serial.min() + 20


@pytest.mark.parametrize("face", glyphs.LATIN_FACES + glyphs.CHINESE_FACES)
def test_every_face_has_every_character_and_its_licence(face: str) -> None:
    characters = numbering.CHINESE
    if face in glyphs.LATIN_FACES:
        characters = numbering.LETTERS + numbering.DIGITS + "I"
    font = ImageFont.truetype(str(glyphs.FONTS / face), 40)
    missing = bytes(font.getmask("\N{SNOWMAN}"))
    for character in characters:
        assert bytes(font.getmask(character)) != missing, character
    family = face.split("-")[0]
    assert (glyphs.FONTS / f"{family}-LICENSE.txt").is_file()


def test_a_glyph_field_measures_strokes_and_fills_its_cell() -> None:
    for face in glyphs.LATIN_FACES:
        field = glyphs.glyph_field(face, "H", 45, 90)
        inside = field > 0
        rows, columns = inside.any(axis=1).sum(), inside.any(axis=0).sum()
        assert rows / glyphs.FIELD_SCALE == pytest.approx(90, abs=2)
        assert 36 < columns / glyphs.FIELD_SCALE < 47
        row = inside[round((glyphs.MARGIN + 20) * glyphs.FIELD_SCALE)]
        stem = row.sum() / 2 / glyphs.FIELD_SCALE
        assert glyphs.stroke_width(face, "H", 45, 90) == pytest.approx(stem, abs=1.5)
        assert glyphs.glyph_field(face, "1", 45, 90).shape == field.shape


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="'pink'"):
        draw_plate(np.random.default_rng(0), "pink")


def test_importing_plates_loads_no_network_library(run_command: Command) -> None:
    code = "import sys, plates; print({'tensorflow', 'keras', 'blurrer'} & set(sys.modules))"
    assert run_command("-c", code).stdout.strip() == "set()"
