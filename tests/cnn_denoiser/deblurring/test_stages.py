from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from cnn_denoiser.deblurring.plan import Task
from cnn_denoiser.deblurring.result_size import ResultSize
from cnn_denoiser.deblurring.stages import ENOUGH, Settings, load
from plumbing.pictures.codec import load_picture
from plumbing.pictures.frame import to_frame


def write_jpeg(path: Path, width: int, height: int, orientation: int = 1) -> Path:
    """Write a picture with detail at every scale."""
    rng = np.random.default_rng(8)
    picture = np.zeros((height, width, 3), np.float32)
    for cells in (4, 16, 64, 256):
        noise = rng.uniform(0, 64, (cells, 2 * cells, 3)).astype(np.float32)
        picture += cv2.resize(noise, (width, height), interpolation=cv2.INTER_NEAREST)
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(picture.astype(np.uint8)).save(path, quality=95, exif=exif)
    return path


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("closed", [True, False])
def test_frame_of_a_large_jpeg_is_that_of_its_full_decoding(
    tmp_path: Path, orientation: int, closed: bool
) -> None:
    stored = (4 * ENOUGH[0], 4 * ENOUGH[1]) if orientation == 1 else (3000, 5000)
    path = write_jpeg(tmp_path / "large.jpg", *stored, orientation)
    if not closed:
        path.write_bytes(path.read_bytes()[:-2])
    loaded = load(Task(path, tmp_path / "out.jpg"), Settings())
    assert (loaded.width, loaded.height) == (stored if orientation == 1 else stored[::-1])
    assert loaded.repaired is not closed
    full = load_picture(path)
    assert full.pixels.shape[1::-1] == full.size == (loaded.width, loaded.height)
    smaller = load_picture(path, enough=ENOUGH).pixels
    assert smaller.size < full.pixels.size
    assert smaller.shape[1] >= ENOUGH[0] and smaller.shape[0] >= ENOUGH[1]
    difference = np.abs(loaded.frame.astype(int) - to_frame(full.pixels))
    assert difference.mean() < 1 and difference.max() <= 4


def test_pictures_as_large_as_plates_are_decoded_in_full(tmp_path: Path) -> None:
    path = write_jpeg(tmp_path / "plate.jpg", 2 * ENOUGH[0] - 1, 2 * ENOUGH[1])
    loaded = load(Task(path, tmp_path / "out.jpg"), Settings())
    assert np.array_equal(loaded.frame, to_frame(load_picture(path).pixels))


def test_sources_stay_only_as_large_as_they_are_needed(tmp_path: Path) -> None:
    path = write_jpeg(tmp_path / "large.jpg", 3000, 1000)
    task, compared = Task(path, path), Task(path, path, comparison=tmp_path / "pair.jpg")
    for settings, wanted, source, before in [
        (Settings(), task, (90, 270, 3), None),
        (Settings(grey=True), task, None, None),
        (Settings(pictures=True, grey=True), task, None, (90, 270, 3)),
        (Settings(grey=True), compared, None, (90, 270, 3)),
        (Settings(size=ResultSize("exact")), compared, (1000, 3000, 3), (1000, 3000, 3)),
        (Settings(size=ResultSize("width", 600)), task, (200, 600, 3), None),
    ]:
        loaded = load(wanted, settings)
        assert (loaded.source is None and source is None) or loaded.source.shape == source
        assert (loaded.before is None and before is None) or loaded.before.shape == before
    grey = load(task, Settings(size=ResultSize("exact"), grey=True))
    assert grey.source is None and grey.result_size == (3000, 1000)


def test_an_empty_picture_carries_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "black.png"
    Image.new("RGB", (135, 45)).save(path)
    assert "one grey" in load(Task(path, tmp_path / "out.png"), Settings()).warning


def test_a_file_of_several_pictures_carries_a_warning(tmp_path: Path) -> None:
    path = write_jpeg(tmp_path / "page.jpg", 270, 90)
    with Image.open(path) as page:
        page.save(tmp_path / "pages.tif", save_all=True, append_images=[page])
    task = Task(tmp_path / "pages.tif", tmp_path / "out.tif")
    assert "2 pictures, of which only the first is read" in load(task, Settings()).warning
    assert load(Task(path, tmp_path / "out.jpg"), Settings()).warning == ""
