"""The real command, on networks and data as they are, with few and small batches."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from cnn_denoiser.model_definitions import create_model
from cnn_denoiser.model_files import model_folder, run_folder
from plumbing.pictures.codec import write_picture
from tests.conftest import Command
from tests.helpers.training_runs import (
    SMALL,
    TRAIN,
    UNVALIDATED,
    newest_weights,
    scalars_and_images,
)


@pytest.mark.slow
def test_pretraining_reaches_the_training(tmp_path: Path, run_command: Command) -> None:
    run = tmp_path / "run"
    result = run_command(TRAIN, "--run", "restart", "--num_iter", 1, *SMALL, "--output", run)
    assert result.returncode == 0, result.stderr
    network = create_model("moussaka")
    fresh = [weights.copy() for weights in network.get_weights()]
    folder = run / "checkpoints" / "step-00000000"
    network.load_weights(model_folder.verified_weights(folder))
    for before, after in zip(fresh, network.get_weights(), strict=True):
        assert before.ndim == 0 or not np.array_equal(before, after)


@pytest.mark.slow
def test_a_network_with_averaged_weights_goes_on_as_well(
    tmp_path: Path, run_command: Command
) -> None:
    small = ["--model", "unet", "--batch_size", 2, "--log_every", 2, "--num_iter", 4, *UNVALIDATED]
    runs = {name: ["--output", tmp_path / name] for name in ("whole", "parts")}
    assert run_command(TRAIN, "--run", "restart", *small, *runs["whole"]).returncode == 0
    # A state of batch 2 of the same run, as if the rest had never been.
    assert run_command(
        TRAIN, "--run", "restart", *small, *runs["parts"], "--save_every", 2
    ).returncode == 0  # fmt: skip
    shutil.rmtree(tmp_path / "parts" / "checkpoints" / "step-00000004")
    result = run_command(TRAIN, "--run", "continue", *small, *runs["parts"])
    assert result.returncode == 0, result.stderr
    steps, weights = zip(*(newest_weights(tmp_path / name) for name in runs), strict=True)
    assert steps == (4, 4)
    for whole, parts in zip(*weights, strict=True):
        np.testing.assert_array_equal(whole, parts)
    log = scalars_and_images(tmp_path / "parts" / "training")
    assert [event.step for event in log.Images("blurred_deblurred_sharp")] == [1, 2, 4]


def test_a_short_run_on_plates_of_ones_own(tmp_path: Path, run_command: Command) -> None:
    plates = tmp_path / "plates"
    plates.mkdir()
    random = np.random.default_rng(0)
    for i in range(4):
        write_picture(plates / f"车牌 {i}.png", random.integers(0, 255, (31 + i, 97), np.uint8))
    (plates / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    run = tmp_path / "run"
    options = [*SMALL, "--output", run, "--data", plates, "--save_every", 2]

    result = run_command(TRAIN, "--run", "restart", "--num_iter", 2, *options)
    assert result.returncode == 0, result.stderr
    assert "broken.jpg" in result.stderr
    assert "WARNING" not in result.stderr and "cuda" not in result.stderr.lower()
    description = model_folder.read_description(run_folder.find_model_folder(run))
    assert (description.step, description.pictures_seen) == (2, 4)
    assert description.data["plates"] == 4
    assert str(tmp_path) not in json.dumps(description.to_json())

    again = run_command(TRAIN, "--run", "restart", "--num_iter", 3, *options)
    assert again.returncode == 2
    assert "--overwrite" in again.stderr
    assert newest_weights(run)[0] == 2

    another = run_command(TRAIN, "--run", "continue", "--num_iter", 3, *options, "--seed", 5)
    assert another.returncode == 2
    assert re.search(r"started with --seed 0.*5", another.stderr)

    (plates / "车牌 0.png").unlink()
    fewer = run_command(TRAIN, "--run", "continue", "--num_iter", 3, *options)
    assert fewer.returncode == 2
    assert "pictures were added, removed or changed" in fewer.stderr


def test_foreign_checkpoints_are_never_removed(tmp_path: Path, run_command: Command) -> None:
    treasure = tmp_path / "checkpoints" / "epoch-3.pt"
    treasure.parent.mkdir()
    treasure.write_text("weeks of work")
    result = run_command(
        TRAIN, "--run", "restart", "--num_iter", 1, *SMALL, "--output", tmp_path, "--overwrite"
    )
    assert result.returncode == 2
    assert "something else" in result.stderr
    assert treasure.exists()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--run", "restart", "--model", "goulash"], "moussaka.*goulash"),
        (["--run", "continue", "--model", "moussaka"], "nothing to continue"),
        (["--run", "restart", "--model", "moussaka", "--data", "nowhere"], "no folder nowhere"),
        (["--run", "restart", "--model", "moussaka", "--data", "EMPTY"], "no readable pictures"),
        (["--run", "restart", "--model", "moussaka", "--data", "FEW"], "too few for a batch of 16"),
        (["--run", "restart", "--model", "moussaka", "--batch_size", "0"], "from 1 to"),
        (["--run", "restart", "--model", "moussaka", "--learning_rate", "-1"], "above 0"),
        (["--run", "restart", "--model", "moussaka", "--seed", "x"], "from 0 to .* Received: 'x'"),
        (["--run", "restart", "--model", "moussaka", "--profile", "fog"], "fog.*camera"),
        (["--run", "restart", "--model", "moussaka", "--final_rate", "1.5"], "at most 1"),
        (["--run", "restart", "--model", "moussaka", "--validation_share", "1"], "below 1"),
        (["--run", "restart", "--model", "moussaka", "--weights", "EMPTY"], "neither a trained"),
        (["--run", "restart", "--model", "moussaka", "--data", "BAD"], "no readable pictures"),
    ],
)
def test_wrong_usage_is_answered_in_one_line_before_anything_heavy_loads(
    tmp_path: Path, run_command: Command, options: list[str], complaint: str
) -> None:
    folders = ("EMPTY", "FEW", "BAD")
    for name in folders:
        (tmp_path / name).mkdir()
    (tmp_path / "BAD" / "bad.png").write_bytes(b"no picture")
    write_picture(tmp_path / "FEW" / "one.png", np.zeros((30, 90), np.uint8))
    options = [str(tmp_path / o) if o in folders else o for o in options]
    # A broken Keras would end the command with a traceback if it were loaded.
    broken = tmp_path / "modules"
    broken.mkdir()
    (broken / "keras.py").write_text("raise RuntimeError('loaded')")
    result = run_command(
        TRAIN, *options, "--num_iter", 5, "--output", tmp_path / "run", PYTHONPATH=str(broken)
    )
    assert result.returncode == 2
    assert re.search(complaint, result.stderr.splitlines()[-1])
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_the_same_command_trains_on_another_backend_without_tensorflow(
    tmp_path: Path, run_command: Command, backend: str
) -> None:
    if not importlib.util.find_spec(backend):
        pytest.skip(f"{backend} is not installed")
    hidden = tmp_path / "modules"
    hidden.mkdir()
    (hidden / "tensorflow.py").write_text("raise ImportError('TensorFlow is hidden')")
    run = tmp_path / "run"
    result = run_command(
        TRAIN, "--run", "restart", "--num_iter", 2, *SMALL, "--output", run,
        KERAS_BACKEND=backend, PYTHONPATH=str(hidden),
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    folder = run_folder.find_model_folder(run)
    assert model_folder.read_description(folder).versions["backend"] == backend
    create_model("moussaka").load_weights(model_folder.verified_weights(folder))
