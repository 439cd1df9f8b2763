"""The real command, on networks and data as they are, with few and small batches."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
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
from cnn_denoiser.model_definitions import create_model
from plates import draw_plate
from tests.conftest import PROJECT, Command

# Bit-equal runs are promised for one processor, not for a GPU.
os.environ["CUDA_VISIBLE_DEVICES"] = ""
TRAIN = "cnn_denoiser/train.py"
TINY_TRAIN = "tests/cnn_denoiser/training/tiny_train.py"
UNVALIDATED = ("--validation_share", 0)
SMALL = ("--model", "moussaka", "--batch_size", 2, "--pretraining_batches", 1, *UNVALIDATED)


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
    # As a terminal sends it: to the workers, too.
    with subprocess.Popen(
        [*command, "--run", "restart"], cwd=PROJECT, start_new_session=True
    ) as process:
        while not (run / "checkpoints" / "step-00000030").exists():
            assert process.poll() is None
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=120) == 130
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


def scalars_and_images(folder: Path) -> EventAccumulator:
    log = EventAccumulator(str(folder), size_guidance={"images": 0, "scalars": 0})
    log.Reload()
    return log


@pytest.mark.slow
@pytest.mark.parametrize("name", ["undisturbed_run", "interrupted_run"])
def test_tensorboard_shows_the_whole_run(name: str, request: pytest.FixtureRequest) -> None:
    run = request.getfixturevalue(name)
    log = scalars_and_images(run / "tensorboard" / "training")
    steps = [1, *range(10, 61, 10)]
    for tag in ("cost", "learning_rate"):
        assert [event.step for event in log.Scalars(tag)] == steps, tag
    layers = [f"convolution_{i}" for i in (1, 2, 3)]
    layers += [f"transposed_{layer}" for layer in layers]
    tags = [f"layers/{layer}" for layer in layers]
    tags.append("blurred_deblurred_sharp")
    for tag in tags:
        assert [event.step for event in log.Images(tag)] == steps, tag
    sizes = {tag: (log.Images(tag)[0].width, log.Images(tag)[0].height) for tag in tags}
    assert sizes["layers/convolution_1"] == (90, 30)
    assert sizes["layers/convolution_3"] == (30, 10)
    assert sizes["blurred_deblurred_sharp"] == (3 * 270, 3 * 90)
    picture = log.Images("blurred_deblurred_sharp")[0].encoded_image_string
    assert cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE).std() > 10
    pretraining = scalars_and_images(run / "tensorboard" / "pretraining")
    for layer in layers:
        assert pretraining.Scalars(f"cost/{layer}"), layer


@pytest.mark.slow
def test_pretraining_reaches_the_training(tmp_path: Path, run_command: Command) -> None:
    run = tmp_path / "run"
    result = run_command(TRAIN, "--run", "restart", "--num_iter", 1, *SMALL, "--output", run)
    assert result.returncode == 0, result.stderr
    network = create_model("moussaka")
    fresh = [weights.copy() for weights in network.get_weights()]
    folder = run / "checkpoints" / "step-00000000"
    network.load_weights(checkpoints.verified_weights(folder))
    for before, after in zip(fresh, network.get_weights(), strict=True):
        assert not np.array_equal(before, after)


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
    log = scalars_and_images(tmp_path / "parts" / "tensorboard" / "training")
    assert [event.step for event in log.Images("blurred_deblurred_sharp")] == [1, 2, 4]


@pytest.fixture(scope="module")
def two_plates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("validation")
    for index in range(2):
        write_picture(folder / f"{index}.png", draw_plate(np.random.default_rng(index))[0])
    return folder


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_run_killed_at_ten_random_moments_ends_like_an_undisturbed_one(
    tmp_path: Path, two_plates: Path
) -> None:
    often = ("--save_every", 1, "--log_every", 2, "--validate_every", 3)
    fixed = (TINY_TRAIN, "--model", "tiny", "--num_iter", 60, "--validation_data", two_plates)
    command = [*map(str, [sys.executable, *fixed, *often, "--output"])]
    whole, killed = str(tmp_path / "whole"), tmp_path / "killed"
    subprocess.run([*command, whole, "--run", "restart"], cwd=PROJECT, check=True)

    def saved() -> int:
        folders = checkpoints.list_checkpoints(killed)
        return int(folders[-1].name.removeprefix("step-")) if folders else -1

    moments = np.random.default_rng()
    for kill in range(10):
        how = "continue" if (killed / "run.json").exists() else "restart"
        # Most while states are being saved one after the other, some while everything loads.
        wanted = saved() + int(moments.integers(0, 4)) if kill % 4 else -1
        with subprocess.Popen(
            [*command, str(killed), "--run", how], cwd=PROJECT, start_new_session=True
        ) as process:
            while saved() < wanted and process.poll() is None:
                time.sleep(0.001)
            time.sleep(moments.uniform(0, 0.2 if kill % 4 else 6))
            process.kill()
            assert process.wait() in (0, -signal.SIGKILL)
            end = time.monotonic() + 60
            while workers_left(process.pid):
                assert time.monotonic() < end
                time.sleep(0.1)
    how = "continue" if (killed / "run.json").exists() else "restart"
    subprocess.run([*command, str(killed), "--run", how], cwd=PROJECT, check=True)
    for part in ("", "best"):
        (step, weights), (expected_step, expected) = (
            newest_weights(Path(run) / part) for run in (killed, whole)
        )
        assert step == expected_step
        for array, expected_array in zip(weights, expected, strict=True):
            np.testing.assert_array_equal(array, expected_array)
    for folder, tag in (("training", "cost"), ("validation", "psnr")):
        logs = [scalars_and_images(Path(r) / "tensorboard" / folder) for r in (killed, whole)]
        got, wanted_events = ([(e.step, e.value) for e in log.Scalars(tag)] for log in logs)
        assert got == wanted_events


def workers_left(group: int) -> bool:
    """Say whether processes of a killed run are still there."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.slow
def test_sigterm_saves_and_stops(tmp_path: Path) -> None:
    run = tmp_path / "run"
    command = (TINY_TRAIN, "--model", "tiny", "--num_iter", 100_000, "--run", "restart")
    with subprocess.Popen(
        [*map(str, [sys.executable, *command, "--output", run, *UNVALIDATED])],
        cwd=PROJECT, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        while not (run / "checkpoints" / "step-00000010").exists():
            assert process.poll() is None
            time.sleep(0.05)
        process.terminate()
        _, said = process.communicate(timeout=120)
    assert process.returncode == 143
    step, _ = newest_weights(run)
    assert f"stopped at batch {step}" in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_a_full_disk_is_said_and_the_last_good_state_stays(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    fixed = (TINY_TRAIN, "--model", "tiny", "--output", tmp_path, "--save_every", 1, *UNVALIDATED)
    command = [*map(str, [sys.executable, *fixed])]
    start = [*command, "--run", "restart", "--num_iter", "2"]
    subprocess.run(start, cwd=PROJECT, check=True)
    # No file may grow larger than this: the weights' does. A disk cannot be filled in a test.
    limits = (4096, 4096)
    result = subprocess.run(
        [*command, "--run", "continue", "--num_iter", "9"],
        cwd=PROJECT, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limits),
    )  # fmt: skip
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    said = result.stderr.splitlines()[-1]
    assert "step-00000003 cannot be written: File too large" in said
    assert f"the state of batch 2 is saved in {tmp_path}" in said
    go_on = [*command, "--run", "continue", "--num_iter", "4"]
    subprocess.run(go_on, cwd=PROJECT, check=True)
    assert newest_weights(tmp_path)[0] == 4


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
    assert description["data"]["plates"] == 4
    assert str(tmp_path) not in json.dumps(description)

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
    assert "pictures were added or removed" in fewer.stderr


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
        (["--run", "restart", "--model", "goulash"], "goulash.*moussaka"),
        (["--run", "continue", "--model", "moussaka"], "nothing to continue"),
        (["--run", "restart", "--model", "moussaka", "--data", "nowhere"], "no folder nowhere"),
        (["--run", "restart", "--model", "moussaka", "--data", "EMPTY"], "no readable pictures"),
        (["--run", "restart", "--model", "moussaka", "--data", "FEW"], "too few for a batch of 64"),
        (["--run", "restart", "--model", "moussaka", "--batch_size", "0"], "from 1 up"),
        (["--run", "restart", "--model", "moussaka", "--learning_rate", "-1"], "above 0"),
        (["--run", "restart", "--model", "moussaka", "--seed", "x"], "from 0 up. Received: x"),
        (["--run", "restart", "--model", "moussaka", "--profile", "fog"], "fog.*camera"),
        (["--run", "restart", "--model", "moussaka", "--decay_rate", "1.5"], "at most 1"),
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
    folder = checkpoints.find_model_folder(run)
    assert checkpoints.read_description(folder)["versions"]["backend"] == backend
    create_model("moussaka").load_weights(checkpoints.verified_weights(folder))
