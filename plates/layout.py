"""The geometry and the colours of plates, after GA 36: millimetres from the top left corner."""

from __future__ import annotations

from dataclasses import dataclass

from plates.numbering import EMBASSY, POLICE, TWO_ROWS, is_large_new_energy

Colour = tuple[int, int, int]
"""Blue, green, red, each 0 to 255, as under even white light."""

BLACK: Colour = (26, 22, 22)
WHITE: Colour = (246, 246, 244)
RED: Colour = (42, 32, 205)
BLUE: Colour = (142, 56, 14)
YELLOW: Colour = (24, 178, 248)
GREEN: Colour = (112, 186, 62)
PALE_GREEN: Colour = (232, 242, 228)

WIDTH = 440
HEIGHT = 140
NEW_ENERGY_WIDTH = 480
TWO_ROWS_HEIGHT = 220
CELL_TOP = 25
CELL_HEIGHT = 90
DOT_DIAMETER = 10
CORNER_RADIUS = 10
BORDER_INSET = 3.5
"""From the edge of the plate to the middle of the border line; read off pictures of plates."""
BORDER_WIDTH = 2.2


@dataclass(frozen=True)
class Cell:
    """The box that a character fills, from its upper left corner.

    `stroke` is how much bolder than in a cell of 45x90 its strokes are.
    """

    x: float
    width: float
    top: float = CELL_TOP
    height: float = CELL_HEIGHT
    stroke: float = 1.0

    @property
    def middle(self) -> float:
        """The height of its centre."""
        return self.top + self.height / 2


@dataclass(frozen=True)
class Layout:
    """Where things are on a plate: its size, a cell a character, the dot's centre if any."""

    width: int
    cells: tuple[Cell, ...]
    dot: float | None
    height: int = HEIGHT


@dataclass(frozen=True)
class Paint:
    """A plate's colours: the ground from top to bottom and the ink.

    `left` is the ground under the first two characters where that differs; `red` are the characters
    in red instead of the ink.
    """

    top: Colour
    bottom: Colour
    ink: Colour
    left: Colour | None = None
    red: str = ""


def layout(kind: str, text: str) -> Layout:
    """The geometry of a plate of `kind` that says `text`."""
    if kind == "green":
        return _new_energy()
    if kind == TWO_ROWS:
        return _two_rows()
    return _one_row(dot_after=4 if text.startswith(EMBASSY) else 2)


def paint(kind: str, text: str) -> Paint:
    """The colours of a plate of `kind` that says `text`."""
    if kind == "blue":
        return Paint(BLUE, BLUE, WHITE)
    if kind == "green":
        if is_large_new_energy(text):
            return Paint(GREEN, GREEN, BLACK, left=YELLOW)
        return Paint(PALE_GREEN, GREEN, BLACK)
    if kind == "white":
        return Paint(WHITE, WHITE, BLACK, red=POLICE)
    if kind == "black":
        return Paint(BLACK, BLACK, WHITE)
    return Paint(YELLOW, YELLOW, BLACK)


def _row(x: float, width: float, gaps: tuple[float, ...]) -> tuple[Cell, ...]:
    """Cells of one width from left to right, with these gaps between them."""
    cells = [Cell(x, width)]
    for gap in gaps:
        x += width + gap
        cells.append(Cell(x, width))
    return tuple(cells)


def _one_row(dot_after: int) -> Layout:
    gaps = tuple(34 if after == dot_after else 12 for after in range(1, 7))
    cells = _row(15, 45, gaps)
    dot_x = (cells[dot_after - 1].x + 45 + cells[dot_after].x) / 2
    return Layout(WIDTH, cells, dot_x)


def _new_energy() -> Layout:
    """The gap after the second character is wide, but holds no dot."""
    province = Cell(15.5, 45)
    others = _row(15.5 + 45 + 9, 43, (49, 9, 9, 9, 9, 9))
    return Layout(NEW_ENERGY_WIDTH, (province, *others), None)


def _two_rows() -> Layout:
    """Province and letter, 80x60, above five characters of 65x110; the dot between the two."""
    above = (Cell(110, 80, 15, 60, 1.1), Cell(250, 80, 15, 60, 1.1))
    below = tuple(Cell(27.5 + 80 * place, 65, 90, 110, 1.3) for place in range(5))
    return Layout(WIDTH, above + below, WIDTH / 2, TWO_ROWS_HEIGHT)
