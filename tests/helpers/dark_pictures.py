"""Pictures whose negatives are bright, and a look at what was made of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image


def dark_picture(width: int = 80, height: int = 30) -> Image.Image:
    """Return a picture whose negative is bright."""
    ramp = np.linspace(0, 60, width * height).astype(np.uint8).reshape(height, width)
    return Image.fromarray(ramp).convert("RGB")


def assert_deblurred(path: Path, format_name: str) -> None:
    with Image.open(path) as opened:
        assert opened.format == format_name
        assert opened.size == (270, 90)
        pixels = np.asarray(opened.convert("RGB"))
    assert np.array_equal(pixels[..., 0], pixels[..., 1])
    assert np.array_equal(pixels[..., 0], pixels[..., 2])
    assert pixels.mean() > 180
