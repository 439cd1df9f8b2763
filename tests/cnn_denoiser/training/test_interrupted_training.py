"""The real command, interrupted in every way: a run goes on from its last good state."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from cnn_denoiser.model_files import run_folder
from plates import draw_plate
from plumbing.pictures.codec import write_picture
from tests.conftest import PROJECT
from tests.helpers.training_runs import (
    SMALL,
    TINY_TRAIN,
    TRAIN,
    UNVALIDATED,
    newest_weights,
    scalars_and_images,
)


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


@pytest.mark.slow
@pytest.mark.parametrize("name", ["undisturbed_run", "interrupted_run"])
def test_tensorboard_shows_the_whole_run(name: str, request: pytest.FixtureRequest) -> None:
    run = request.getfixturevalue(name)
    log = scalars_and_images(run / "training")
    steps = [1, *range(10, 61, 10)]
    for tag in ("loss", "learning_rate"):
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
    pretraining = scalars_and_images(run / "pretraining")
    for layer in layers:
        assert pretraining.Scalars(f"error/{layer}"), layer


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
        folders = run_folder.list_checkpoints(killed)
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
    for folder, tag in (("training", "loss"), ("validation", "psnr")):
        logs = [scalars_and_images(Path(r) / folder) for r in (killed, whole)]
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
