from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from cnn_denoiser.training.data.plates import MixedPlates, SyntheticPlates
from cnn_denoiser.training.data.training_data import open_data
from cnn_denoiser.training.options import TrainingOptions, with_recipe
from plumbing.commands.errors import UsageError
from plumbing.pictures.codec import write_picture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "plates"
    folder.mkdir()
    for index in range(40):
        write_picture(folder / f"车 {index:02d}.png", np.full((9, 27), 5 * index, np.uint8))
    return folder


def options(**given: object) -> TrainingOptions:
    return with_recipe({"model": "moussaka", "num_iter": 10, "batch_size": 2, **given})


def test_some_plates_are_kept_and_neither_trained_nor_pretrained_on(folder: Path) -> None:
    data = open_data(options(data=(str(folder),)))
    assert (len(data.plates), len(data.validation.sharp)) == (38, 2)
    assert data.pretraining_plates == data.plates
    assert (data.summary["plates"], data.summary["validation_plates"]) == (38, 2)
    pretraining = open_data(options(data=(str(folder),), pretraining_data=(str(folder),)))
    assert len(pretraining.pretraining_plates) == 38


def test_without_a_share_all_are_trained_on(folder: Path) -> None:
    data = open_data(options(data=(str(folder),), validation_share=0.0))
    assert len(data.plates) == 40
    assert data.validation is None
    assert open_data(options(validation_share=0.0)).validation is None


def test_a_folder_of_its_own_to_validate_on(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for index, name in enumerate(("a.png", "b.png")):
        write_picture(other / name, np.full((9, 27), 200 + 7 * index + 1, np.uint8))
    (other / "labels.csv").write_text("file,label\nb.png,京A12345\n", encoding="utf-8")
    data = open_data(options(data=(str(folder),), validation_data=(str(other),)))
    assert len(data.plates) == 40
    assert data.validation.labels == (None, "京A12345")
    mixed = open_data(
        options(data=(str(folder),), validation_data=(str(other),), synthetic_share=0.5)
    )
    assert isinstance(mixed.plates, MixedPlates)
    synthetic = open_data(options(validation_data=(str(other),)))
    assert isinstance(synthetic.plates, SyntheticPlates)
    assert len(synthetic.validation.sharp) == 2


def test_training_and_validation_must_not_share_pictures(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"车 00\.png is in --data and in --validation_data"):
        open_data(options(data=(str(folder),), validation_data=(str(folder),)))


@pytest.mark.parametrize("option", ["data", "pretraining_data"])
def test_a_copy_under_another_name_is_the_same_picture(
    folder: Path, tmp_path: Path, option: str
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(folder / "车 03.png", other / "a.png")
    folders = {option: (str(folder),), "validation_data": (str(other),)}
    with pytest.raises(UsageError, match=rf"车 03\.png is in --{option} and in .*a\.png"):
        open_data(options(**folders))


def test_copies_of_a_kept_plate_are_not_pretrained_on(folder: Path, tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    for path in folder.iterdir():
        shutil.copy(path, copies / f"copy of {path.name}")
    data = open_data(options(data=(str(folder),), pretraining_data=(str(copies),)))
    assert (len(data.plates), len(data.pretraining_plates)) == (38, 38)


def test_nothing_left_to_train_on_is_an_error(folder: Path) -> None:
    content = (folder / "车 03.png").read_bytes()
    for path in folder.iterdir():
        path.write_bytes(content)
    with pytest.raises(UsageError, match="no pictures are left to train on"):
        open_data(options(data=(str(folder),), validation_share=0.5))


def test_the_summary_knows_the_pictures_by_name_and_content(folder: Path, tmp_path: Path) -> None:
    before = open_data(options(data=(str(folder),))).summary
    moved = tmp_path / "moved"
    shutil.copytree(folder, moved)
    assert open_data(options(data=(str(moved),))).summary == before
    write_picture(moved / "车 07.png", np.full((9, 27), 254, np.uint8))
    assert open_data(options(data=(str(moved),))).summary != before
    (folder / "车 07.png").rename(folder / "x.png")
    assert open_data(options(data=(str(folder),))).summary != before


def test_the_summary_knows_the_texts(folder: Path, tmp_path: Path) -> None:
    summaries = []
    for text in ("京A12345", "京A12346"):
        labelled = tmp_path / text
        shutil.copytree(folder, labelled)
        table = f"file,label\n车 07.png,{text}\n"
        (labelled / "labels.csv").write_text(table, encoding="utf-8")
        summaries.append(open_data(options(data=(str(labelled),))).summary)
    assert summaries[0]["known_texts"] == summaries[1]["known_texts"] == 1
    assert summaries[0] != summaries[1]


def test_unreadable_pictures_are_named_and_counted(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "bad.png").write_bytes(b"no picture")
    open_data(options(data=(str(folder),)))
    said = caplog.text
    assert "bad.png: not a picture" in said
    assert "skipped 1 of 41 pictures" in said


def test_a_table_that_is_none_is_said_and_left(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "labels.csv").write_text("picture;text\n", encoding="utf-8")
    data = open_data(options(data=(str(folder),)))
    assert data.validation.labels == (None, None)
    assert "labels.csv has no column named" in caplog.text


def test_what_is_left_must_fill_a_batch(folder: Path) -> None:
    with pytest.raises(UsageError, match="38 readable pictures are too few for a batch of 39"):
        open_data(options(data=(str(folder),), batch_size=39))
    with pytest.raises(UsageError, match=r"too few for a batch of 20000: lower"):
        open_data(options(batch_size=20000))
