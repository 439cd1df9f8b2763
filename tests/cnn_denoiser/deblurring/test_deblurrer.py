"""The Python API."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from cnn_denoiser import Deblurrer
from cnn_denoiser.model_files.model_folder import CheckpointError
from plumbing.pictures.codec import find_pictures, read_picture
from tests.conftest import PROJECT, Command
from tests.helpers.bursts import burst
from tests.helpers.reading_network import TEXT, reading_folder


@pytest.fixture
def negative(negative_folder: Path) -> Deblurrer:
    """Return a deblurrer that makes negatives."""
    return Deblurrer(negative_folder)


@pytest.fixture
def reader(tmp_path: Path) -> Deblurrer:
    """Return a deblurrer that reads."""
    return Deblurrer(reading_folder(tmp_path / "reader"))


def random_picture(*shape: int) -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, shape, dtype=np.uint8)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [({}, ()), ({"size": "exact"}, ("--size", "exact")), ({"grey": True}, ("--grey",))],
)
def test_it_gives_the_pixels_of_the_command(
    tmp_path: Path, run_command: Command, options: dict[str, object], wanted: tuple[str, ...]
) -> None:
    source = PROJECT / "data" / "final_test"
    limit = ("--limit", 10, "--format", "png")
    assert run_command("deblur_images.py", source, tmp_path, *limit, *wanted).returncode == 0
    pictures = [read_picture(path) for path in find_pictures(source)[:10]]
    results = Deblurrer()(pictures, **options)
    for result, path in zip(results, find_pictures(tmp_path), strict=True):
        written = read_picture(path)
        assert result.ndim == (2 if "grey" in options else 3)
        assert np.array_equal(result if result.ndim == 3 else np.dstack([result] * 3), written)


@pytest.mark.parametrize("shape", [(29, 60, 3), (29, 60), (90, 270), (1, 1), (400, 1300, 3)])
def test_any_picture_becomes_a_frame(negative: Deblurrer, shape: tuple[int, ...]) -> None:
    picture = np.full(shape, 40, np.uint8)
    result = negative(picture)
    assert result.shape == (90, 270, *shape[2:]) and result.dtype == np.uint8
    assert (result == 215).all()
    assert np.array_equal(negative(picture, grey=True), np.full((90, 270), 215))
    assert (picture == 40).all()


def test_a_list_gives_a_list_in_its_order(negative: Deblurrer) -> None:
    pictures = [np.full((20 + level, 60), level, np.uint8) for level in range(20)]
    results = negative(pictures)
    assert isinstance(results, list)
    assert [int(result[0, 0]) for result in results] == [255 - level for level in range(20)]
    assert negative([]) == []
    assert isinstance(negative(pictures[:1]), list)


def test_colour_and_size_are_the_pictures(negative: Deblurrer) -> None:
    picture = np.full((200, 600, 3), (30, 30, 90), np.uint8)
    assert negative(picture).shape == (90, 270, 3)
    assert negative(picture, size="source", grey=True).shape == (200, 600)
    assert negative(picture[:13, :40], size="source").shape == (90, 277, 3)
    assert negative(picture[:13, :40], size="exact").shape == (13, 40, 3)
    assert negative(picture, size=540).shape == (180, 540, 3)
    assert negative(picture[:100], size=540, aspect="keep").shape == (90, 540, 3)
    assert negative(picture, size="0.5x").shape == (100, 300, 3)
    result = negative(picture, size="source")
    assert result.shape == (200, 600, 3)
    blue, _, red = result[100, 300].astype(int)
    assert red - blue > 40
    assert negative(picture[..., 0]).shape == (90, 270)


def test_views_and_read_only_pictures_are_taken(negative: Deblurrer) -> None:
    picture = random_picture(40, 120, 3)
    for view in (picture[::-1, ::-1], picture[..., ::-1], picture[5:30, 10:100], picture[..., 1]):
        copy = np.ascontiguousarray(view)
        view.flags.writeable = False
        assert np.array_equal(negative(view, size="source"), negative(copy, size="source"))


@pytest.mark.parametrize(
    ("picture", "error", "told"),
    [
        (None, TypeError, "NoneType"),
        ("plate.jpg", TypeError, "str"),
        ([None], TypeError, "could the file not be read"),
        ([[1, 2], [3, 4]], TypeError, "list"),
        (np.zeros((30, 80), np.float32), TypeError, "float32"),
        (np.zeros((30, 80), np.uint16), TypeError, "uint16"),
        (np.zeros((30, 80, 4), np.uint8), ValueError, r"\(30, 80, 4\)"),
        (np.zeros((2, 30, 80, 3), np.uint8), ValueError, "list"),
        (np.zeros((30,), np.uint8), ValueError, r"\(30,\)"),
        (np.zeros((0, 80, 3), np.uint8), ValueError, "pixels"),
    ],
)
def test_what_is_no_picture_is_refused(
    negative: Deblurrer, picture: object, error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        negative(picture)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"size": "large"}, ValueError),
        ({"size": 0}, ValueError),
        ({"size": None}, TypeError),
        ({"size": True}, TypeError),
        ({"size": "9000x"}, ValueError),
        ({"aspect": "wide"}, ValueError),
    ],
)
def test_sizes_that_cannot_be_are_refused(
    negative: Deblurrer, options: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        negative(np.zeros((30, 80), np.uint8), **options)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("arguments", "options", "error"),
    [
        (("nonesuch",), {}, CheckpointError),
        ((3,), {}, TypeError),
        (("unet",), {"precision": "f16"}, ValueError),
        (("unet",), {"threads": 0}, ValueError),
    ],
)
def test_networks_that_cannot_be_are_refused(
    arguments: tuple[object], options: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        Deblurrer(*arguments, **options)  # type: ignore[arg-type]


def test_threads_share_one_and_do_not_change_the_pixels() -> None:
    paths = find_pictures(PROJECT / "data" / "final_test")[:12]
    pictures = [read_picture(path) for path in paths]
    deblurrer = Deblurrer("unet", threads=1)
    expected = Deblurrer("unet")(pictures)
    with ThreadPoolExecutor(6) as pool:
        for result, wanted in zip(pool.map(deblurrer, pictures), expected, strict=True):
            assert np.array_equal(result, wanted)


def test_importing_it_costs_nothing_and_using_it_no_tensorflow() -> None:
    script = (
        "import sys, cnn_denoiser; assert 'numpy' not in sys.modules\n"
        "import numpy; from cnn_denoiser import Deblurrer\n"
        "Deblurrer()(numpy.zeros((30, 90), numpy.uint8))\n"
        "assert not {'tensorflow', 'keras', 'onnx'} & sys.modules.keys()"
    )
    finished = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr


def test_frames_of_a_plate_give_one_picture_whatever_their_order(negative: Deblurrer) -> None:
    frames = [frame.blurred for frame in burst(1, 4, level=10)]
    fused = negative.fuse(frames)
    assert fused.shape == (90, 270)
    assert np.array_equal(fused, negative.fuse(frames[::-1]))
    assert not any(np.array_equal(fused, single) for single in negative(frames))
    assert any(np.array_equal(negative.fuse(frames, how="best"), s) for s in negative(frames))
    assert np.array_equal(negative.fuse(frames[:1] * 3), negative(frames[0]))


def test_a_fused_picture_has_the_size_and_colours_of_a_frame(negative: Deblurrer) -> None:
    result = negative.fuse([random_picture(120, 400, 3)], size="source")
    assert result.shape == (120, 400, 3)
    assert negative.fuse([random_picture(120, 400, 3)], grey=True).shape == (90, 270)


def test_frames_that_cannot_be_are_refused(negative: Deblurrer) -> None:
    for wrong, error in (([], ValueError), (random_picture(30, 90), TypeError), ([3], TypeError)):
        with pytest.raises(error, match="Received"):
            negative.fuse(wrong)
    with pytest.raises(ValueError, match="how must be"):
        negative.fuse([random_picture(30, 90)], how="all")


def test_a_picture_gives_a_reading_and_a_list_a_list(reader: Deblurrer) -> None:
    white, light = (np.full((40, 120, 3), grey, np.uint8) for grey in (255, 180))
    assert reader.read(white).text == TEXT
    assert [one.verdict for one in reader.read([white, light, white // 2])] == [
        "sure",
        "doubtful",
        "no plate",
    ]
    assert reader.read([]) == []


def test_frames_are_surer_together_than_alone(reader: Deblurrer) -> None:
    frames = [255 - frame.blurred // 2 for frame in burst(1, 4, level=10)]
    alone = max(one.probability for one in reader.read(frames))
    assert alone < reader.read_together(frames).probability
    assert reader.read_together(frames[:1] * 3).probability == reader.read(frames[0]).probability


def test_a_network_that_does_not_read_says_so(negative: Deblurrer) -> None:
    for read in (negative.read, lambda picture: negative.read_together([picture])):
        with pytest.raises(ValueError, match="does not read"):
            read(random_picture(30, 90))


def test_what_cannot_be_read_is_refused(reader: Deblurrer) -> None:
    with pytest.raises(TypeError, match="Received: NoneType"):
        reader.read(None)
    with pytest.raises(TypeError, match="uint8"):
        reader.read([np.zeros((30, 90))])
