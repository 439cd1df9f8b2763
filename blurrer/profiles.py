"""Profiles: named ways to blur, and the pair that each makes of a sharp picture.

- `camera` follows a real camera (see `camera`); it is the default.
- `original` is the mixture of the five below, as the original contest entry drew them.
- `main`, `brightness`, `pixelation`, `vertical`, `mild` are the five (see `original`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from blurrer.camera import camera, mixed_grey
from blurrer.original import FREQUENCIES, original, plain_grey
from blurrer.pair import Pair

Blur = Callable[[np.ndarray, np.random.Generator], Pair]
ToGrey = Callable[[np.ndarray, np.random.Generator], np.ndarray]

# How each makes pairs, and how it makes colour pictures grey before.
_PROFILES: dict[str, tuple[Blur, ToGrey]] = {
    "camera": (camera, mixed_grey),
    "original": (original, plain_grey),
    **{name: (profile, plain_grey) for name, (profile, _) in FREQUENCIES.items()},
}


def list_profiles() -> list[str]:
    """Return the names of all profiles, the default first."""
    return list(_PROFILES)


def make_pair(
    sharp: np.ndarray,
    rng: np.random.Generator,
    profile: str = "camera",
    *,
    colour: bool = False,
) -> Pair:
    """Return the blurred picture, which a network is shown, and the sharp one that it should give.

    `sharp` is a picture of a plate, uint8, BGR (H, W, 3) or grey (H, W), of any size. Both
    results are uint8 (90, 270), pixel on pixel; with `colour` and a BGR picture (90, 270, 3).
    The result depends on nothing but the arguments. Raises ValueError for another kind of array
    or a name that is not a profile's.
    """
    if sharp.dtype != np.uint8 or sharp.ndim not in (2, 3) or sharp.shape[2:] not in ((), (3,)):
        raise ValueError(
            "sharp must be uint8 of the shape (H, W) or (H, W, 3). "
            f"Received: {sharp.dtype} {sharp.shape}"
        )
    if 0 in sharp.shape:
        raise ValueError(f"sharp must have pixels. Received: {sharp.shape}")
    if profile not in _PROFILES:
        raise ValueError(f"profile must be one of {', '.join(_PROFILES)}. Received: {profile}")
    blur, to_grey = _PROFILES[profile]
    sharp = np.ascontiguousarray(sharp)
    if sharp.ndim == 3 and not colour:
        sharp = to_grey(sharp, rng)
    return blur(sharp, rng)
