from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from cnn_denoiser.training.options import TrainingOptions, with_recipe
from cnn_denoiser.training.resume import find_start
from plumbing.commands.errors import UsageError

DATA = {"profile": "camera", "plates": 4, "plates_sha256": "ab", "validation_plates": 1}


def write_checkpoint(run: Path, step: int, **fields: object) -> Path:
    folder = run / "checkpoints" / f"step-{step:08d}"
    folder.mkdir(parents=True)
    description = {"model": "unet", "step": step, "weights_sha256": "0", "parameters": 1, **fields}
    (folder / "model.json").write_text(json.dumps(description))
    return folder


def options(**given: object) -> TrainingOptions:
    return with_recipe({"model": "unet", "num_iter": 9, **given})


def test_a_run_goes_on_from_its_checkpoints(tmp_path: Path) -> None:
    folders = [write_checkpoint(tmp_path, step, data=DATA) for step in (5, 10)]
    assert find_start(tmp_path, True, options(), DATA).checkpoints == folders
    assert find_start(tmp_path, False, options(), DATA).checkpoints == []


def test_other_pictures_are_noticed_even_if_as_many(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, 5, data=DATA)
    with pytest.raises(UsageError, match="pictures were added, removed or changed"):
        find_start(tmp_path, True, options(), {**DATA, "plates_sha256": "cd"})


def test_other_texts_are_noticed_even_if_as_many(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, 5, data={**DATA, "texts_sha256": "ab"})
    find_start(tmp_path, True, options(), {**DATA, "texts_sha256": "ab"})
    with pytest.raises(UsageError, match=r"the texts of a labels\.csv"):
        find_start(tmp_path, True, options(), {**DATA, "texts_sha256": "cd"})


def test_a_run_saved_without_a_digest_of_its_texts_goes_on(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path, 5, data=DATA)
    start = find_start(tmp_path, True, options(), {**DATA, "texts_sha256": "cd"})
    assert start.checkpoints == [folder]


def test_a_run_that_saved_nothing_begins_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert find_start(tmp_path, True, options(), DATA).checkpoints == []
    assert "begins at its beginning" in caplog.text


def test_trained_weights_bring_their_past(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path, 5, pictures_seen=80)
    start = find_start(tmp_path / "new", False, options(weights=str(tmp_path)), DATA)
    assert start.weights == folder
    assert start.started_from == {"step": 5, "pictures_seen": 80, "weights_sha256": "0"}


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, 5, model="moussaka")
    with pytest.raises(UsageError, match="are of moussaka, not of unet"):
        find_start(tmp_path / "new", False, options(weights=str(tmp_path)), DATA)


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--weights: .* holds neither"):
        find_start(tmp_path / "new", False, options(weights=str(tmp_path)), DATA)
