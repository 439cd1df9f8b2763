"""What lies in the repository is what the project makes."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cnn_denoiser.deblurring.network import Network
from cnn_denoiser.model_files.model_folder import (
    DESCRIPTION,
    ONNX,
    ONNX_INT8,
    read_description,
    verified_weights,
)
from cnn_denoiser.model_files.shipped import DEFAULT_MODEL, shipped_model_folder, shipped_models
from plumbing.pictures.codec import find_pictures, read_picture, write_picture
from tests.conftest import PROJECT, Command
from tools import make_data

DATA = PROJECT / "data"
OUTPUTS = {
    DATA / "final_test": PROJECT / "final_test_deblurred",
    DATA / "100blurred": DATA / "100clean",
}


def pictures(folder: Path) -> dict[str, np.ndarray]:
    return {path.name: read_picture(path) for path in find_pictures(folder)}


@pytest.mark.parametrize("source", OUTPUTS, ids=lambda path: path.name)
def test_shipped_results_are_what_the_shipped_weights_make(
    source: Path, tmp_path: Path, run_command: Command
) -> None:
    result = run_command("deblur_images.py", source, tmp_path)
    assert result.returncode == 0, result.stderr
    shipped, made = pictures(OUTPUTS[source]), pictures(tmp_path)
    assert shipped.keys() == made.keys() == pictures(source).keys()
    for name, picture in made.items():
        # Processors round differently, and JPEG enlarges that; another network differs by more.
        difference = np.abs(shipped[name].astype(int) - picture.astype(int))
        assert difference.mean() < 1, name


def test_the_folder_of_plates_itself_holds_no_montage() -> None:
    assert find_pictures(DATA) == []


@pytest.mark.parametrize(("name", "count"), [("final_test", 40), ("100blurred", 100)])
def test_shipped_plates_have_originals_and_texts(name: str, count: int) -> None:
    sharp = {"final_test": "final_test_sharp", "100blurred": "100sharp"}[name]
    texts = []
    for folder in (DATA / name, DATA / sharp):
        with (folder / "labels.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert sorted(row["file"] for row in rows) == [p.name for p in find_pictures(folder)]
        texts.append([row["label"] for row in rows])
    assert texts[0] == texts[1]
    assert len(texts[0]) == count
    assert all(7 <= len(text) <= 8 for text in texts[0])


@pytest.mark.parametrize("index", [0, 1, 3, 12, 25, 39])
@pytest.mark.parametrize(
    ("make", "blurred", "sharp"),
    [
        (make_data.final_test_plate, "final_test", "final_test_sharp"),
        (make_data.hundred_plate, "100blurred", "100sharp"),
    ],
)
def test_shipped_plates_are_what_the_project_makes(
    make: Callable[[int], make_data.Plate], blurred: str, sharp: str, index: int, tmp_path: Path
) -> None:
    plate = make(index)
    with (DATA / blurred / "labels.csv").open(encoding="utf-8") as file:
        assert {"file": plate.name, "label": plate.text} in csv.DictReader(file)
    for folder, name, picture in [
        (blurred, plate.name, plate.blurred),
        (sharp, plate.sharp_name, plate.sharp),
    ]:
        write_picture(tmp_path / name, picture)  # again in its format, which changes it, too
        shipped, made = read_picture(DATA / folder / name), read_picture(tmp_path / name)
        assert shipped.shape == made.shape
        # Other versions of the libraries round differently, most by 1; another draw is far more.
        assert np.abs(shipped.astype(int) - made).mean() < 4


def test_the_default_network_is_shipped() -> None:
    assert DEFAULT_MODEL in shipped_models()


@pytest.mark.parametrize("name", shipped_models())
def test_shipped_networks_are_whole_and_documented(name: str) -> None:
    folder = shipped_model_folder(name)
    verified_weights(folder)
    description = read_description(folder)
    for file in (ONNX, ONNX_INT8):
        assert Network(folder / file).weights_sha256 == description.weights_sha256
    assert description.model == name
    assert description.input_size == (270, 90)
    assert description.pictures_seen > 0
    assert description.data and description.versions and description.measured


def test_the_readme_shows_a_picture_that_exists() -> None:
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    pictures = [part.split(")")[0] for part in text.split("](")[1:]]
    local = [
        PROJECT / path.split("#")[0] for path in pictures if not path.startswith(("http", "#"))
    ]
    assert local and all(path.is_file() for path in local)


def test_nothing_shipped_names_a_folder_of_its_makers() -> None:
    for name in shipped_models():
        folder = shipped_model_folder(name)
        text = (folder / DESCRIPTION).read_text(encoding="utf-8")
        assert not any(string.startswith(("/", "~", "C:")) for string in text.split('"'))
