from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from blurrer import make_pair
from cnn_denoiser.evaluation.picture_sets import (
    PictureSet,
    blur_plates,
    draw_plates,
    read_labelled_folder,
    read_named,
    read_sharp_folder,
)
from cnn_denoiser.evaluation.plate_colour import COLOURS
from plates import draw_plate
from plumbing.labels import read_labels
from plumbing.pictures.codec import write_picture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder of three sharp plates: a.png, b.png, c.png."""
    folder = tmp_path / "plates"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name in "abc":
        write_picture(folder / f"{name}.png", draw_plate(rng)[0])
    return folder


def label(folder: Path, *rows: str) -> Path:
    path = folder / "labels.csv"
    path.write_text("\n".join(["file,label,set", *rows]), encoding="utf-8")
    return path


def blur_folder(folder: Path, profile: str, seed: int, labels: Path | None) -> PictureSet:
    known = read_labels(labels, colours=COLOURS) if labels else None
    return blur_plates(read_sharp_folder(folder, known), profile, seed)


def read_blurred(folder: Path, labels: Path, set_name: str | None = None) -> PictureSet:
    return read_labelled_folder(folder, read_labels(labels, set_name, COLOURS), set_name)


def test_picture_i_is_blurred_by_the_random_stream_of_seed_and_i(folder: Path) -> None:
    pictures = blur_folder(folder, "camera", 7, None)
    assert pictures.names == ["a.png", "b.png", "c.png"] and not pictures.problems
    sharp = read_named(folder, ["b.png"])[0]["b.png"]
    assert sharp is not None and pictures.targets is not None
    blurred, target = make_pair(sharp, np.random.default_rng([7, 1]), "camera")
    assert np.array_equal(pictures.targets[1], target)
    assert np.array_equal(pictures.frames[1], blurred)


def test_drawn_plates_are_those_of_the_plates_command_and_know_their_texts() -> None:
    pictures = draw_plates(4, "main", 7)
    assert pictures.targets is not None and pictures.frames.shape == (4, 90, 270)
    for index in range(4):
        random = np.random.default_rng([7, index])
        plate, text = draw_plate(random)
        blurred, target = make_pair(plate, random, "main")
        assert pictures.labels[index] == text
        assert np.array_equal(pictures.targets[index], target)
        assert np.array_equal(pictures.frames[index], blurred)


def test_drawn_plates_know_their_colours() -> None:
    pictures = draw_plates(60, "camera", 1)
    assert pictures.recognised == 0
    for label, colour in zip(pictures.labels, pictures.colours, strict=True):
        assert label is not None
        assert (len(label) == 8) == (colour == "green")
        assert (label[-1] == "警") == (colour == "white")


def test_colours_are_given_or_recognised(folder: Path) -> None:
    labels = folder / "labels.csv"
    labels.write_text("file,label,colour\na.png,京A1,black\nb.png,京B2,\n", encoding="utf-8")
    for name in ("b.png", "c.png"):
        write_picture(folder / name, np.full((90, 270, 3), (30, 180, 240), np.uint8))
    sharp = blur_folder(folder, "camera", 0, labels)
    assert (sharp.colours, sharp.recognised) == (["black", "yellow", "yellow"], 2)
    blurred = read_blurred(folder, labels)
    assert (blurred.colours, blurred.recognised) == (["black", "yellow"], 1)


def test_a_damaged_picture_is_named_and_leaves_the_blur_of_the_others(folder: Path) -> None:
    whole = blur_folder(folder, "camera", 7, None)
    (folder / "b.png").write_bytes(b"no picture")
    damaged = blur_folder(folder, "camera", 7, None)
    assert damaged.names == ["a.png", "c.png"]
    assert np.array_equal(damaged.frames, whole.frames[[0, 2]])
    (problem,) = damaged.problems
    assert "b.png" in problem


def test_sharp_plates_find_their_labels_by_stem(folder: Path) -> None:
    labels = label(folder, "c.png,京C3,", "a.jpg,京A1,")
    assert blur_folder(folder, "camera", 0, labels).labels == ["京A1", None, "京C3"]


def test_blurred_pictures_come_in_the_order_of_their_labels(folder: Path) -> None:
    labels = label(folder, "c.jpg,京C3,x", "a.png,京A1,y", "b.png,京B2,x")
    assert read_blurred(folder, labels).names == ["c.jpg", "a.png", "b.png"]
    of_a_set = read_blurred(folder, labels, "x")
    assert of_a_set.names == ["c.jpg", "b.png"] and of_a_set.labels == ["京C3", "京B2"]
    assert of_a_set.frames.shape == (2, 90, 270) and of_a_set.targets is None


def test_a_labelled_picture_that_is_missing_is_named_and_left_out(folder: Path) -> None:
    pictures = read_blurred(folder, label(folder, "a.png,京A1,", "z.png,京Z9,"))
    assert pictures.names == ["a.png"] and pictures.labels == ["京A1"]
    (problem,) = pictures.problems
    assert "z.png" in problem and "missing" in problem


def test_a_name_goes_before_a_stem(folder: Path) -> None:
    write_picture(folder / "a.bmp", np.full((90, 270), 200, np.uint8))
    found, _ = read_named(folder, ["a.png", "a.bmp"])
    bright, plate = found["a.bmp"], found["a.png"]
    assert bright is not None and plate is not None
    assert bright.min() == 200 and plate.min() < 200


def test_names_with_dots_are_matched_whole(folder: Path) -> None:
    for name in ("0.2.x.1.png", "0.2.x.2.png"):
        write_picture(folder / name, np.full((90, 270), int(name[6]), np.uint8))
    found, problems = read_named(folder, ["0.2.x.2.jpg", "0.2.x.1"])
    assert [int(picture.max()) for picture in found.values() if picture is not None] == [2, 1]
    assert not problems
