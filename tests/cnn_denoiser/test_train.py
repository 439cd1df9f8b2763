"""The real command, on networks and data as they are, with few and small batches."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from cnn_denoiser import checkpoints
from cnn_denoiser.image_files import write_picture
from tests.conftest import PROJECT, Command

TRAIN = "cnn_denoiser/train.py"
SMALL = ("--model", "moussaka", "--batch_size", 2, "--pretraining_batches", 1)


def newest_weights(run: Path) -> tuple[int, list[np.ndarray]]:
    import h5py

    folder = checkpoints.find_model_folder(run)
    arrays: list[np.ndarray] = []
    with h5py.File(checkpoints.verified_weights(folder)) as file:
        file.visititems(lambda _, item: arrays.append(item[()]) if hasattr(item, "dtype") else None)
    return checkpoints.read_description(folder)["step"], arrays


@pytest.fixture(scope="module")
def undisturbed_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("runs") / "undisturbed"
    command = [TRAIN, "--run", "restart", "--num_iter", 60, *SMALL, "--output", run]
    subprocess.run([sys.executable, *map(str, command)], cwd=PROJECT, check=True)
    return run


@pytest.fixture(scope="module")
def interrupted_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of 60 batches stopped with Ctrl-C once 30 are saved, then continued to the end."""
    run = tmp_path_factory.mktemp("runs") / "interrupted"
    command = [*map(str, [sys.executable, TRAIN, *SMALL, "--num_iter", 60, "--output", run])]
    with subprocess.Popen([*command, "--run", "restart"], cwd=PROJECT) as process:
        while not (run / "checkpoints" / "step-00000030").exists():
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
    step, _ = newest_weights(run)
    assert 30 <= step < 60
    subprocess.run([*command, "--run", "continue"], cwd=PROJECT, check=True)
    return run


@pytest.mark.slow
def test_an_interrupted_run_ends_like_an_undisturbed_one(
    undisturbed_run: Path, interrupted_run: Path
) -> None:
    expected_step, expected = newest_weights(undisturbed_run)
    step, weights = newest_weights(interrupted_run)
    assert step == expected_step == 60
    for array, expected_array in zip(weights, expected, strict=True):
        np.testing.assert_array_equal(array, expected_array)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["undisturbed_run", "interrupted_run"])
def test_tensorboard_shows_the_whole_run(name: str, request: pytest.FixtureRequest) -> None:
    run = request.getfixturevalue(name)
    log = EventAccumulator(str(run / "tensorboard"), size_guidance={"images": 0, "scalars": 0})
    log.Reload()
    steps = list(range(10, 61, 10))
    for tag in ("training/cost", "training/learning_rate"):
        assert [event.step for event in log.Scalars(tag)] == steps, tag
    layers = [f"convolution_{i}" for i in (1, 2, 3)]
    layers += [f"transposed_{layer}" for layer in layers]
    tags = [f"layers/{layer}" for layer in layers]
    tags += [f"pictures/{picture}" for picture in ("blurred", "deblurred", "sharp")]
    for tag in tags:
        assert [event.step for event in log.Images(tag)] == steps, tag
    sizes = {tag: (log.Images(tag)[0].width, log.Images(tag)[0].height) for tag in tags}
    assert sizes["layers/convolution_1"] == (90, 30)
    assert sizes["layers/convolution_3"] == (30, 10)
    assert sizes["pictures/deblurred"] == (270, 90)
    picture = log.Images("pictures/sharp")[0].encoded_image_string
    assert cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE).std() > 10
    for layer in layers:
        assert log.Scalars(f"pretraining/{layer}"), layer


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
    description = checkpoints.read_description(checkpoints.find_model_folder(run))
    assert (description["step"], description["pictures_seen"]) == (2, 4)
    assert description["data"] == {"profile": "camera", "plates": 4}
    assert str(tmp_path) not in json.dumps(description)

    again = run_command(TRAIN, "--run", "restart", "--num_iter", 3, *options)
    assert again.returncode == 2
    assert "--overwrite" in again.stderr
    assert newest_weights(run)[0] == 2

    another = run_command(TRAIN, "--run", "continue", "--num_iter", 3, *options, "--seed", 5)
    assert another.returncode == 2
    assert re.search(r"started with --seed 0.*5", another.stderr)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--run", "restart", "--model", "goulash"], "goulash.*moussaka"),
        (["--run", "continue", "--model", "moussaka"], "nothing to continue"),
        (["--run", "restart", "--model", "moussaka", "--data", "nowhere"], "no folder nowhere"),
        (["--run", "restart", "--model", "moussaka", "--data", "EMPTY"], "no readable pictures"),
        (["--run", "restart", "--model", "moussaka", "--data", "FEW"], "too few for a batch of 64"),
        (["--run", "restart", "--model", "moussaka", "--batch_size", "0"], "at least 1"),
        (["--run", "restart", "--model", "moussaka", "--learning_rate", "-1"], "above 0"),
        (["--run", "restart", "--model", "moussaka", "--profile", "fog"], "fog.*camera"),
    ],
)
def test_wrong_usage_is_answered_in_one_line_before_anything_heavy_loads(
    tmp_path: Path, run_command: Command, options: list[str], complaint: str
) -> None:
    for name in ("EMPTY", "FEW"):
        (tmp_path / name).mkdir()
    write_picture(tmp_path / "FEW" / "one.png", np.zeros((30, 90), np.uint8))
    options = [str(tmp_path / o) if o in ("EMPTY", "FEW") else o for o in options]
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


@pytest.mark.skipif(not importlib.util.find_spec("jax"), reason="JAX is not installed")
def test_the_same_command_trains_on_jax(tmp_path: Path, run_command: Command) -> None:
    run = tmp_path / "run"
    result = run_command(
        TRAIN, "--run", "restart", "--num_iter", 2, *SMALL, "--output", run, KERAS_BACKEND="jax"
    )
    assert result.returncode == 0, result.stderr
    description = checkpoints.read_description(checkpoints.find_model_folder(run))
    assert description["versions"]["backend"] == "jax"
    assert os.path.getsize(checkpoints.verified_weights(checkpoints.find_model_folder(run)))
