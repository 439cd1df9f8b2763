"""Where whole runs of a tiny network start from."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from cnn_denoiser import model_definitions
from cnn_denoiser.model_files import model_folder, run_folder
from cnn_denoiser.training.checkpointing import Checkpointing
from tests.helpers import tiny_train
from tests.helpers.tiny_runs import (
    assert_same_weights,
    command,
    description,
    steps,
)

pytestmark = pytest.mark.usefixtures("tiny_networks")


def test_copies_of_states_outlive_a_run_that_replaces_theirs(tmp_path: Path) -> None:
    more = ("--validation_share", 0)
    assert command(tmp_path, "restart", 2, *more) == 0
    copy = tmp_path / "checkpoints" / "step-00000002 (good)"
    (tmp_path / "checkpoints" / "step-00000002").rename(copy)
    assert command(tmp_path, "restart", 1, *more, "--overwrite") == 0
    names = sorted(path.name for path in (tmp_path / "checkpoints").iterdir())
    assert names == ["step-00000000", "step-00000001", "step-00000002 (good)"]
    assert steps(tmp_path / "training", "loss") == [1]


def test_the_best_weights_of_a_run_without_states_are_not_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(tmp_path, "restart", 2, "--validate_every", 1) == 0
    shutil.rmtree(tmp_path / "checkpoints")
    best = sorted((tmp_path / "best").rglob("*"))
    assert best
    assert command(tmp_path, "restart", 1) == 2
    assert "holds a run already" in capsys.readouterr().err
    assert sorted((tmp_path / "best").rglob("*")) == best


def test_a_damaged_newest_state_falls_back_to_the_one_before(
    tmp_path: Path, plates: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ("--validation_share", 0, "--save_every", 2)
    assert command(tmp_path / "damaged", "restart", 7, *more) == 0
    newest = tmp_path / "damaged" / "checkpoints" / "step-00000007"
    state = bytearray((newest / run_folder.STATE).read_bytes())
    state[len(state) // 2] ^= 1
    (newest / run_folder.STATE).write_bytes(state)
    assert command(tmp_path / "damaged", "continue", 7, *more) == 0
    said = capsys.readouterr().err
    assert "warning: " in said and "step-00000007" in said and "damaged" in said
    assert description(tmp_path / "damaged").step == 7
    assert command(tmp_path / "whole", "restart", 7, *more) == 0
    assert_same_weights(tmp_path / "damaged", tmp_path / "whole")

    for checkpoint in run_folder.list_checkpoints(tmp_path / "damaged"):
        (checkpoint / model_folder.WEIGHTS).write_bytes(b"")
    assert command(tmp_path / "damaged", "continue", 8, *more) == 4
    assert "is damaged" in capsys.readouterr().err


def test_a_run_starts_from_trained_weights_and_adds_to_what_they_have_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ("--validation_share", 0)
    first, second = tmp_path / "first", tmp_path / "second"
    assert command(first, "restart", 3, *more, "--batch_size", 4) == 0
    assert command(second, "restart", 2, *more, "--weights", first) == 0
    trained = description(first)
    begun = model_folder.read_description(second / "checkpoints" / "step-00000000")
    assert begun.weights_sha256 == trained.weights_sha256
    expected = {"step": 3, "pictures_seen": 12, "weights_sha256": trained.weights_sha256}
    assert description(second).started_from == expected
    assert description(second).pictures_seen == 12 + 4
    # What a run started from is known when it goes on, too.
    assert command(second, "continue", 3, *more) == 0
    assert description(second).started_from == expected
    assert description(second).pictures_seen == 12 + 6

    assert (
        command(tmp_path / "x", "restart", 2, "--weights", first, "--pretraining_batches", 1) == 2
    )
    assert "trained weights need no pretraining" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_an_interrupted_pretraining_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fixed = ("--validation_share", 0, "--pretrain", "dbn", "--pretraining_batches", 2)
    more = (*fixed, "--log_every", 1)
    assert command(tmp_path / "whole", "restart", 1, *more) == 0
    assert "2 of 2 layers are pretrained, with 2 batches of 2" in capsys.readouterr().err

    save = Checkpointing.save_pretrained

    def save_and_stop(self: Checkpointing, layers: int) -> None:
        save(self, layers)
        raise KeyboardInterrupt

    monkeypatch.setattr(Checkpointing, "save_pretrained", save_and_stop)
    assert command(tmp_path / "parts", "restart", 1, *more) == 130
    monkeypatch.undo()
    tiny_train.register()
    layers = [path.name for path in (tmp_path / "parts" / "pretraining").glob("layers-*")]
    assert layers == ["layers-00000001"]
    assert command(tmp_path / "parts", "restart", 1, *more) == 2  # it would be lost
    assert command(tmp_path / "parts", "continue", 1, *more) == 0
    assert "1 of 2 layers are pretrained" in capsys.readouterr().err
    assert_same_weights(tmp_path / "parts", tmp_path / "whole")
    assert not list((tmp_path / "parts" / "pretraining").glob("layers-*"))
    log = EventAccumulator(str(tmp_path / "parts" / "pretraining")).Reload()
    assert log.Tags()["images"] == ["filters/down", "filters/up"]


def test_weights_of_half_the_width_are_widened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ("--validation_share", 0)
    assert command(tmp_path / "narrow", "restart", 2, *more, "--width", 0.5) == 0
    assert description(tmp_path / "narrow").settings == {"width": 0.5}
    wide = ("--weights", tmp_path / "narrow")
    assert command(tmp_path / "wide", "restart", 1, *more, *wide) == 0
    assert "of the width 0.5, are widened to 1.0" in capsys.readouterr().err
    first = tmp_path / "wide" / "checkpoints" / "step-00000000"
    networks = (
        model_definitions.create_model("tiny", width=0.5),
        model_definitions.create_model("tiny"),
    )
    frames = np.random.default_rng(0).uniform(-1, 1, (2, 90, 270, 1)).astype(np.float32)
    outputs = []
    for network, folder in zip(networks, (tmp_path / "narrow", first), strict=True):
        model_folder.load_weights(run_folder.find_model_folder(folder), network)
        outputs.append(np.asarray(network(frames, training=False)))
    np.testing.assert_allclose(*outputs, atol=1e-5)
    assert command(tmp_path / "x", "restart", 1, *more, *wide, "--width", 0.75) == 2
