"""Puts artificial, realistic blur on sharp pictures of licence plates.

`make_pair` turns a sharp picture into a `Pair` for training: the blurred picture that a network is
shown, and the sharp one that it should give. `profiles` names the ways to blur; `kernels`,
`geometry` and `degradations` hold the parts.
"""

from __future__ import annotations

from blurrer.geometry import HEIGHT, WIDTH
from blurrer.pair import Pair
from blurrer.profiles import list_profiles, make_pair

__all__ = ["HEIGHT", "WIDTH", "Pair", "list_profiles", "make_pair"]
