"""Whole runs of a tiny network, in this process."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from cnn_denoiser import model_definitions
from cnn_denoiser.model_files import model_folder, run_folder
from cnn_denoiser.training import trainer
from cnn_denoiser.training.batch import Batch
from cnn_denoiser.training.learner import Learner
from plates import draw_plate
from plumbing.pictures.codec import write_picture
from tests.helpers.tiny_runs import (
    assert_same_weights,
    command,
    description,
    steps,
    weights_in,
)

pytestmark = pytest.mark.usefixtures("tiny_networks")


def test_the_best_weights_by_validation_are_kept(
    tmp_path: Path, plates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn = Learner.learn

    def learn_and_then_forget(self: Learner, batches: list[Batch]) -> list[float]:
        losses = learn(self, batches)
        if self.step > 6:
            self.network.set_weights([10 + w for w in self.network.get_weights()])
        return losses

    monkeypatch.setattr(Learner, "learn", learn_and_then_forget)
    more = ("--validation_data", plates, "--validate_every", 3, "--ema", 0)
    assert command(tmp_path, "restart", 9, *more) == 0
    best = description(tmp_path / "best")
    assert best.step == best.validation["step"] == 6
    assert description(tmp_path).step == 9
    assert description(tmp_path).validation["psnr"] < best.validation["psnr"]
    assert [path.name for path in (tmp_path / "best").iterdir()] == ["step-00000006"]
    network = model_definitions.create_model("tiny")
    model_folder.load_weights(run_folder.find_model_folder(tmp_path / "best"), network)
    for folder in ("validation", "blurred"):
        for tag in ("psnr", "ssim", "loss"):
            assert steps(tmp_path / folder, tag) == [3, 6, 9]


def test_early_on_weights_are_validated_with_and_without_averaging(
    tmp_path: Path,
    plates: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(trainer, "VALIDATED_TWICE", 4)
    more = ("--validation_data", plates, "--validate_every", 2, "--ema", 0.9)
    assert command(tmp_path / "averaged", "restart", 6, *more) == 0
    said = [line for line in capsys.readouterr().err.splitlines() if "validation at" in line]
    is_twice = ["without the running average: loss" in line for line in said]
    assert is_twice == [True, True, False]
    log = EventAccumulator(str(tmp_path / "averaged" / "unaveraged")).Reload()
    values = [event.value for event in log.Scalars("psnr")]
    assert steps(tmp_path / "averaged" / "unaveraged", "psnr") == [2, 4]
    assert f"psnr {values[0]:.3f}" in said[0].partition("without")[2]

    assert command(tmp_path / "plain", "restart", 2, *more[:-1], 0) == 0
    assert "without the running average" not in capsys.readouterr().err
    assert not (tmp_path / "plain" / "unaveraged").exists()


def test_what_is_shown_of_a_run_that_goes_on_has_no_gaps_and_no_doubles(
    tmp_path: Path, plates: Path
) -> None:
    more = ("--validation_data", plates, "--log_every", 3, "--validate_every", 4, "--save_every", 5)
    assert command(tmp_path / "parts", "restart", 10, *more) == 0
    # As if it had been killed before the last state.
    newest = tmp_path / "parts" / "checkpoints" / "step-00000010"
    newest.rename(tmp_path / "lost")
    assert command(tmp_path / "parts", "continue", 10, *more) == 0
    assert command(tmp_path / "whole", "restart", 10, *more) == 0
    assert_same_weights(tmp_path / "parts", tmp_path / "whole")
    assert_same_weights(tmp_path / "parts" / "best", tmp_path / "whole" / "best")
    for tag in ("loss", "learning_rate", "dropout", "pictures_per_second", "seconds_waiting"):
        assert steps(tmp_path / "parts" / "training", tag) == [1, 3, 6, 9, 10], tag
    assert steps(tmp_path / "parts" / "validation", "psnr") == [4, 8, 10]


def test_a_training_that_diverges_stops_and_keeps_its_last_good_state(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ("--validation_share", 0, "--save_every", 1, "--final_rate", 1)
    more += ("--learning_rate", 1e38)
    assert command(tmp_path, "restart", 50, *more) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert "diverged at batch" in said and "lower --learning_rate" in said
    assert all(np.isfinite(weights).all() for weights in weights_in(tmp_path))


def test_a_state_that_cannot_be_saved_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ("--validation_share", 0, "--save_every", 2)
    assert command(tmp_path, "restart", 2, *more) == 0

    def no_space(*arguments: object, **arrays: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", no_space)
    assert command(tmp_path, "continue", 4, *more) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert "No space left on device" in said and "batch 2 is saved" in said
    names = [path.name for path in (tmp_path / "checkpoints").iterdir()]
    assert sorted(names) == ["step-00000000", "step-00000002"]
    monkeypatch.undo()


def test_the_run_folder_tells_how_it_was_made(tmp_path: Path) -> None:
    assert command(tmp_path, "restart", 1, "--validation_share", 0, "--seed", 3) == 0
    record = description(tmp_path)
    assert record.options["seed"] == 3
    assert {"python", "keras", "numpy", "backend"} <= record.versions.keys()
    assert record.data == {"profile": "camera", "plates": "synthetic"}
    assert json.loads((tmp_path / "run.json").read_text())["num_iter"] == 1


def test_both_precisions_come_to_about_the_same(tmp_path: Path) -> None:
    losses = {}
    for precision in ("f32", "bf16"):
        run = tmp_path / precision
        more = ("--validation_share", 0, "--log_every", 1, "--precision", precision)
        assert command(run, "restart", 8, *more) == 0
        log = EventAccumulator(str(run / "training")).Reload()
        losses[precision] = np.array([event.value for event in log.Scalars("loss")])
        assert all(array.dtype == np.float32 for array in weights_in(run))
    assert not np.array_equal(losses["f32"], losses["bf16"])
    np.testing.assert_allclose(losses["bf16"], losses["f32"], rtol=0.02)


def test_several_steps_a_call_change_nothing(tmp_path: Path, plates: Path) -> None:
    more = ("--validation_data", plates, "--validate_every", 4, "--save_every", 4)
    assert command(tmp_path / "one", "restart", 7, *more) == 0
    several = ("--steps_per_call", 3)
    assert command(tmp_path / "several", "restart", 7, *more, *several) == 0
    assert_same_weights(tmp_path / "one", tmp_path / "several")
    names = sorted(path.name for path in (tmp_path / "several" / "checkpoints").iterdir())
    assert names == ["step-00000000", "step-00000006", "step-00000007"]


def test_plates_that_vanish_during_the_training_are_told_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, learn = tmp_path / "plates", Learner.learn
    folder.mkdir()
    for index in range(40):
        plate = draw_plate(np.random.default_rng(index % 2))[0]
        write_picture(folder / f"{index}.png", plate)

    def learn_and_remove(self: Learner, batches: list[Batch]) -> list[float]:
        for path in folder.iterdir():
            path.unlink()
        return learn(self, batches)

    monkeypatch.setattr(Learner, "learn", learn_and_remove)
    more = ("--data", folder, "--batch_size", 1, "--validation_share", 0)
    assert command(tmp_path / "run", "restart", 39, *more) == 1
    said = capsys.readouterr().err
    assert "can no longer be read" in said and "--run continue" in said
    assert "Traceback" not in said
