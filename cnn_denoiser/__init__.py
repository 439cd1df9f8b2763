"""The deblurrer of licence plates: `Deblurrer`, and the packages of its training and measuring.

`Deblurrer()(picture)` makes of a uint8 picture, BGR (H, W, 3) or grey (H, W), a sharp one, uint8
of 90 rows and 270 columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnn_denoiser.deblurring.deblurrer import Deblurrer

__all__ = ["Deblurrer"]


def __getattr__(name: str) -> object:
    """Import the API where it is asked for: importing the package alone costs nothing."""
    if name == "Deblurrer":
        from cnn_denoiser.deblurring.deblurrer import Deblurrer

        return Deblurrer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
