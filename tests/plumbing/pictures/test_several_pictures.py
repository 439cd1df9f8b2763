"""Files with several pictures: one is read, and it is told that there are others."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from plumbing.pictures.codec import LoadedPicture, load_picture
from tests.helpers.tiff_files import BGR, HEIGHT, RGB, WIDTH

SMALL = np.ascontiguousarray(RGB[::4, ::4])


def load_pages(tmp_path: Path, *pages: tuple[np.ndarray, dict[str, int]]) -> LoadedPicture:
    with tifffile.TiffWriter(tmp_path / "pages.tif") as writer:
        for pixels, options in pages:
            writer.write(pixels, photometric="rgb", **options)
    return load_picture(tmp_path / "pages.tif")


def test_further_pages_are_told(tmp_path: Path) -> None:
    assert load_pages(tmp_path, (RGB, {})).others == ""
    loaded = load_pages(tmp_path, (RGB, {}), (RGB, {}), (SMALL, {}))
    assert loaded.others == "it holds 3 pictures, of which only the first is read"
    assert np.array_equal(loaded.pixels, BGR)


def test_a_larger_page_behind_the_first_is_told(tmp_path: Path) -> None:
    loaded = load_pages(tmp_path, (SMALL, {}), (RGB, {}))
    small = f"{SMALL.shape[1]}x{SMALL.shape[0]}"
    assert f"2 pictures, of which only the first is read ({small}; the" in loaded.others
    assert f"largest has {WIDTH}x{HEIGHT})" in loaded.others


def test_thumbnails_are_no_further_pages(tmp_path: Path) -> None:
    thumbnail = (SMALL, {"subfiletype": 1})
    for pages in ([thumbnail, (RGB, {})], [(RGB, {}), thumbnail]):
        loaded = load_pages(tmp_path, *pages)
        assert loaded.others == ""
        assert np.array_equal(loaded.pixels, BGR)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_animations_are_told(tmp_path: Path, kind: str) -> None:
    frames = [Image.fromarray(RGB), Image.fromarray(255 - RGB)]
    for more, told in ([], ""), (frames[1:], "an animation, of which only the first"):
        stream = io.BytesIO()
        options = {"lossless": True} if kind == "WEBP" else {}
        save_all = {"save_all": True, "append_images": more, "duration": 100} if more else {}
        frames[0].save(stream, kind, **options, **save_all)
        (tmp_path / "picture").write_bytes(stream.getvalue())
        loaded = load_picture(tmp_path / "picture")
        assert told in loaded.others and bool(told) == bool(loaded.others)
        assert np.array_equal(loaded.pixels, BGR)
