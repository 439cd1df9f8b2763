"""Puts artificial, realistic blur on sharp pictures of licence plates.

`make_pair` turns a sharp picture into a `Pair` for training: the blurred picture that a network is
shown, and the sharp one that it should give. `profiles` names the ways to blur; `kernels`,
`geometry` and `degradations` hold the parts.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # as in `typing`, which would take its time to import
if TYPE_CHECKING:
    from blurrer.pair import Pair
    from blurrer.profiles import list_profiles, make_pair

__all__ = ["Pair", "list_profiles", "make_pair"]

# Imported when they are asked for: the command obeys Ctrl-C before OpenCV and NumPy are loaded.
_PLACES = {"Pair": "pair", "list_profiles": "profiles", "make_pair": "profiles"}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
