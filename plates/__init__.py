"""Synthetic Chinese licence plates: sharp pictures of plates that do not exist, with their text."""

from plates.numbering import KINDS
from plates.render import draw_plate

__all__ = ["KINDS", "draw_plate"]
