"""Drawing plates: a text, its layout and its colours become a sharp, lifelike picture."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import cv2
import numpy as np

from plates import alike, glyphs, layout, numbering, photograph, wear

KIND_SHARES = {
    "blue": 0.6,
    "yellow": 0.1,
    numbering.TWO_ROWS: 0.03,
    "green": 0.15,
    "white": 0.06,
    "black": 0.06,
}
"""How often each kind is drawn when none is asked for."""
DOT_SHARE = 0.9
"""How often the dot is there, where it should be: it is small, and its paint wears off."""


@dataclass(frozen=True)
class Style:
    """How one plate was made: scale in pixels per mm, the rest in mm or as factors."""

    scale: float
    latin_face: str
    chinese_face: str
    plain_one: bool
    stroke: float
    chinese_weight: float
    glyph_width: float
    glyph_height: float
    spacing: float
    edge: float
    relief: float


def _draw_style(rng: np.random.Generator) -> Style:
    """Draw how a plate is made."""
    bold_chinese = rng.random() < 0.5
    return Style(
        scale=rng.uniform(0.7, 1.1),
        latin_face=str(rng.choice(glyphs.LATIN_FACES)),
        chinese_face=glyphs.CHINESE_FACES[int(bold_chinese)],
        plain_one=rng.random() < 0.5,
        stroke=rng.uniform(8, 11.5),
        chinese_weight=rng.uniform(-0.5, 0.4) if bold_chinese else rng.uniform(0.1, 1.0),
        glyph_width=rng.uniform(0.93, 1.02),
        glyph_height=rng.uniform(0.97, 1.02),
        spacing=rng.uniform(0.985, 1.01),
        edge=rng.uniform(1.0, 2.2),
        relief=rng.uniform(0.0, 0.25),
    )


def draw_kind(rng: np.random.Generator) -> str:
    """Draw a kind of plate, one of KINDS, as KIND_SHARES has it: what `draw_plate` draws first."""
    return str(rng.choice(list(KIND_SHARES), p=list(KIND_SHARES.values())))


def draw_plate(
    rng: np.random.Generator, kind: str | None = None, alike_share: float = 0.0
) -> tuple[np.ndarray, str]:
    """Draw a plate that does not exist: the sharp picture, uint8 BGR (H, W, 3), and its text.

    `kind` is one of KINDS; without it, KIND_SHARES says how often each is drawn. `alike_share` is
    how often one of its characters is chosen among those that look like others. The picture is
    about 440x140, new energy 480x140, two rows 440x220, up to a third smaller or a fifth larger.
    The text has no dot: "京A12345". The same state of `rng` gives the same plate. Raises ValueError
    for an unknown kind.
    """
    kind = kind or draw_kind(rng)
    text = numbering.draw_text(rng, kind)
    if alike_share and rng.random() < alike_share:
        text, _ = alike.draw_alike_texts(rng, text, kind)
    return _draw_picture(rng, kind, text), text


def draw_alike_plates(
    rng: np.random.Generator, kind: str | None = None
) -> tuple[tuple[np.ndarray, str], tuple[np.ndarray, str]]:
    """Draw a plate twice, with one character exchanged for one that looks like it.

    As `draw_plate`; all else of the two pictures is the same.
    """
    kind = kind or draw_kind(rng)
    first, second = alike.draw_alike_texts(rng, numbering.draw_text(rng, kind), kind)
    same = copy.deepcopy(rng)
    return (_draw_picture(same, kind, first), first), (_draw_picture(rng, kind, second), second)


def _draw_picture(rng: np.random.Generator, kind: str, text: str) -> np.ndarray:
    """Draw a plate of a kind that says a text: uint8 BGR (H, W, 3)."""
    style = _draw_style(rng)
    plan = layout.layout(kind, text)
    paint = layout.paint(kind, text)
    edge = _edge_field(plan, style.scale)
    plate = _draw_surface(rng, style, plan, paint, text, edge)
    wear.add_dirt(rng, plate, style.scale)
    wear.add_holder(rng, plate, edge)
    wear.add_bolts(rng, plate, style.scale)
    return photograph.photograph(rng, plate, edge, style.scale)


def _draw_surface(
    rng: np.random.Generator,
    style: Style,
    plan: layout.Layout,
    paint: layout.Paint,
    text: str,
    edge: np.ndarray,
) -> np.ndarray:
    """The plate as it left the press: float32 (3, H, W) planes of blue, green, red, 0 to 255.

    `edge` is the distance to the plate's edge in mm, (H, W). Every ink is first such a distance
    field, the maximum of the fields of all that it draws, and is cut once.
    """
    border = layout.BORDER_WIDTH / 2 - np.abs(edge - layout.BORDER_INSET)
    inks = {paint.ink: border}
    for character, cell in zip(text, plan.cells, strict=True):
        colour = layout.RED if character in paint.red else paint.ink
        if colour not in inks:
            inks[colour] = np.full_like(edge, -glyphs.MARGIN)
        _add_character(rng, inks[colour], style, plan, cell, character)
    if plan.dot is not None and rng.random() < DOT_SHARE:
        _add_dot(rng, inks[paint.ink], style, plan.dot, plan.cells[0].middle)

    surface = _draw_ground(plan, paint, edge.shape)
    left = wear.paint_left(rng, edge.shape)
    for colour, field in inks.items():
        ink = np.clip(field * np.float32(style.scale / style.edge) + np.float32(0.5), 0, 1)
        cover = ink if left is None else ink * left
        surface += cover * (_planes(colour) - surface)
        # Characters are pressed up from behind: light from above catches their upper edges.
        surface += cv2.Sobel(ink, cv2.CV_32F, 0, 1, scale=255 / 8 * style.relief)
    return surface


def _planes(colour: layout.Colour) -> np.ndarray:
    """A colour as float32 (3, 1, 1)."""
    return np.array(colour, np.float32)[:, None, None]


def _draw_ground(plan: layout.Layout, paint: layout.Paint, shape: tuple[int, ...]) -> np.ndarray:
    down = np.linspace(0, 1, shape[0], dtype=np.float32)[None, :, None]
    ground = _planes(paint.top) + down * (_planes(paint.bottom) - _planes(paint.top))
    ground = np.repeat(ground, shape[1], axis=2)
    if paint.left is not None:
        middle = (plan.cells[1].x + plan.cells[1].width + plan.cells[2].x) / 2
        ground[:, :, : round(middle / plan.width * shape[1])] = _planes(paint.left)
    return ground


def _edge_field(plan: layout.Layout, scale: float) -> np.ndarray:
    """How far each pixel lies inside the plate's edge in mm: float32 (H, W)."""
    field = glyphs.plate_field(plan.width, plan.height, layout.CORNER_RADIUS)
    size = (round(plan.width * scale), round(plan.height * scale))
    return cv2.resize(field, size, interpolation=cv2.INTER_LINEAR)


def _add_character(
    rng: np.random.Generator,
    ink: np.ndarray,
    style: Style,
    plan: layout.Layout,
    cell: layout.Cell,
    character: str,
) -> None:
    """Add a character to the distance field `ink`, in place."""
    if character in numbering.CHINESE:
        face, weight = style.chinese_face, style.chinese_weight
        field = glyphs.glyph_field(face, character, cell.width, cell.height)
    else:
        face = style.latin_face
        # The 1 of real plates is little more than a bar, as the letter I, which plates do not have.
        character = "I" if character == "1" and style.plain_one else character
        field = glyphs.glyph_field(face, character, cell.width, cell.height)
        stroke = glyphs.stroke_width(face, character, cell.width, cell.height)
        weight = (style.stroke * cell.stroke - stroke) / 2
    shift_x, shift_y = rng.uniform(-0.7, 0.7, 2)
    from_middle = cell.x + cell.width / 2 - plan.width / 2
    centre_x = (plan.width / 2 + from_middle * style.spacing + shift_x) * style.scale
    centre_y = (cell.middle + shift_y) * style.scale
    step_x = style.glyph_width * rng.uniform(0.98, 1.02) * style.scale / glyphs.FIELD_SCALE
    step_y = style.glyph_height * style.scale / glyphs.FIELD_SCALE
    height, width = field.shape
    left, top = int(centre_x - width * step_x / 2), int(centre_y - height * step_y / 2)
    right, bottom = int(centre_x + width * step_x / 2), int(centre_y + height * step_y / 2)
    # Point i of the field has its centre at (i + 0.5) * step from the field's edge; so have pixels.
    matrix = np.array(
        [
            [step_x, 0, centre_x - (width - 1) * step_x / 2 - left - 0.5],
            [0, step_y, centre_y - (height - 1) * step_y / 2 - top - 0.5],
        ]
    )
    placed = cv2.warpAffine(field, matrix, (right - left, bottom - top), borderValue=-glyphs.MARGIN)
    under = ink[top:bottom, left:right]
    np.maximum(under, placed + np.float32(weight), out=under)


def _add_dot(
    rng: np.random.Generator, ink: np.ndarray, style: Style, centre_x: float, centre_y: float
) -> None:
    """Add the dot between the characters to the distance field `ink`, in place."""
    radius = layout.DOT_DIAMETER / 2 * rng.uniform(0.85, 1.1)
    left, right = (round((centre_x + side * 2 * radius) * style.scale) for side in (-1, 1))
    top, bottom = (round((centre_y + side * 2 * radius) * style.scale) for side in (-1, 1))
    x = (np.arange(left, right, dtype=np.float32) + 0.5) / style.scale - centre_x
    y = (np.arange(top, bottom, dtype=np.float32) + 0.5) / style.scale - centre_y
    under = ink[top:bottom, left:right]
    np.maximum(under, radius - np.hypot(x[None, :], y[:, None]), out=under)
