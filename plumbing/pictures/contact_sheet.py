"""Many pictures side by side as one, with captions."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

CELL = (270, 90)  # width, height
GAP = 6
TEXT_SIZE = 13
CAPTION_HEIGHT = 18
BACKGROUND = (32, 32, 32)
TEXT_COLOUR = (230, 230, 230)


def contact_sheet(
    rows: Sequence[Sequence[np.ndarray | None]],
    titles: Sequence[str] = (),
    captions: Sequence[Sequence[str]] = (),
    headings: Sequence[str] = (),
) -> np.ndarray:
    """Lay out rows of pictures on a dark sheet; return it as uint8 BGR `(H, W, 3)`.

    rows:      uint8 pictures, grey `(H, W)` or BGR `(H, W, 3)`, of any size, each scaled to
               270x90; None leaves its place empty. Rows may differ in length.
    titles:    a text above each column.
    captions:  for each row, a text under each of its pictures.
    headings:  for each row, a text above all of it.

    A text longer than its cell, or the sheet, is cut, and a character that the built-in Latin font
    lacks is drawn as an empty box. Raises `ValueError` where there is no picture, or where captions
    or headings fit no row.
    """
    columns = max((len(row) for row in rows), default=0)
    if not columns:
        raise ValueError("a contact sheet needs at least one picture")
    if captions and [len(texts) for texts in captions] != [len(row) for row in rows]:
        raise ValueError("a contact sheet needs one caption a picture")
    if headings and len(headings) != len(rows):
        raise ValueError("a contact sheet needs one heading a row")
    width, height = CELL
    top = CAPTION_HEIGHT if titles else 0
    above = CAPTION_HEIGHT if headings else 0
    step = above + height + (CAPTION_HEIGHT if captions else 0) + GAP
    size = (columns * (width + GAP) + GAP, top + len(rows) * step + GAP)
    sheet = Image.new("RGB", size, BACKGROUND)
    for column, title in enumerate(titles):
        _write(sheet, title, GAP + column * (width + GAP), GAP // 2, width)
    for index, row in enumerate(rows):
        y = top + GAP + index * step + above
        if headings:
            _write(sheet, headings[index], GAP, y - above, size[0] - 2 * GAP)
        for column, picture in enumerate(row):
            x = GAP + column * (width + GAP)
            if picture is not None:
                sheet.paste(_to_cell(picture), (x, y))
            if captions:
                _write(sheet, captions[index][column], x, y + height, width)
    return cv2.cvtColor(np.asarray(sheet), cv2.COLOR_RGB2BGR)


def _to_cell(picture: np.ndarray) -> Image.Image:
    """Scale one picture to the cell."""
    shrinks = picture.shape[1] > CELL[0] or picture.shape[0] > CELL[1]
    scaled = cv2.resize(picture, CELL, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    conversion = cv2.COLOR_GRAY2RGB if scaled.ndim == 2 else cv2.COLOR_BGR2RGB
    return Image.fromarray(cv2.cvtColor(scaled, conversion))


def _write(sheet: Image.Image, text: str, x: int, y: int, width: int) -> None:
    """Write one line, cut at the cell's right edge."""
    line = Image.new("RGB", (width, CAPTION_HEIGHT), BACKGROUND)
    font = ImageFont.load_default(TEXT_SIZE)
    ImageDraw.Draw(line).text((1, 0), text, fill=TEXT_COLOUR, font=font)
    sheet.paste(line, (x, y))
