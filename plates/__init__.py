"""Synthetic Chinese licence plates: sharp pictures of plates that do not exist, with their text."""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # as in `typing`, which would take its time to import
if TYPE_CHECKING:
    from plates.numbering import KINDS, ground_colour
    from plates.render import draw_alike_plates, draw_kind, draw_plate

__all__ = ["KINDS", "draw_alike_plates", "draw_kind", "draw_plate", "ground_colour"]

# Imported when they are asked for: the command obeys Ctrl-C before OpenCV and NumPy are loaded.
_PLACES = {
    "KINDS": "numbering",
    "draw_alike_plates": "render",
    "draw_kind": "render",
    "draw_plate": "render",
    "ground_colour": "numbering",
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
