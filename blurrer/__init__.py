"""Puts artificial, realistic blur on sharp pictures of licence plates.

`make_pair` turns a sharp picture into a pair for training: what a network should give (the
target), and what it is shown (the blurred picture). `profiles` says how pictures are spoilt and
how often; `kernels`, `geometry` and `degradations` hold the parts.
"""

from __future__ import annotations

from blurrer.geometry import HEIGHT, WIDTH
from blurrer.profiles import list_profiles, make_pair

__all__ = ["HEIGHT", "WIDTH", "list_profiles", "make_pair"]
