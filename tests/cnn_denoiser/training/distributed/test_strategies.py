"""The real command, on two devices of one machine and on two machines, both in name only."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from cnn_denoiser.model_files import model_folder, run_folder
from cnn_denoiser.training.distributed.worker import Worker, meet
from tests.conftest import PROJECT

pytestmark = pytest.mark.slow

TINY_TRAIN = "tests/helpers/tiny_train.py"
BATCHES = 12
# Clipped gradients, decay and averages: whatever a replica could get wrong.
DEMANDING = ("--optimizer", "muon", "--loss", "charbonnier_frequency", "--batch_size", 4)
FIXED = (TINY_TRAIN, "--model", "steady", "--validation_share", 0, "--save_every", 5, *DEMANDING)
WAIT_SECONDS = 300


_started: list[subprocess.Popen[str]] = []


@pytest.fixture(autouse=True)
def _nothing_goes_on_after_a_failure() -> Iterator[None]:
    yield
    for process in _started:
        process.kill()
    _started.clear()


def start(run: Path, *options: object, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, *FIXED, "--output", run, *options]
    process = subprocess.Popen(
        [*map(str, command)], cwd=PROJECT, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "", **environment},
    )  # fmt: skip
    _started.append(process)
    return process


def two_addresses() -> list[str]:
    with socket.socket() as first, socket.socket() as second:
        for one in (first, second):
            one.bind(("127.0.0.1", 0))
        return [f"127.0.0.1:{one.getsockname()[1]}" for one in (first, second)]


def start_workers(run: Path, *options: object) -> list[subprocess.Popen[str]]:
    addresses = two_addresses()
    return [start_worker(run, addresses, index, *options) for index in range(2)]


def start_worker(
    run: Path, addresses: list[str], index: int, *options: object, **environment: str
) -> subprocess.Popen[str]:
    task = {"type": "worker", "index": index}
    config = json.dumps({"cluster": {"worker": addresses}, "task": task})
    return start(run, "--strategy", "multi_worker", *options, TF_CONFIG=config, **environment)


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = process.communicate(timeout=WAIT_SECONDS)
    return process.returncode, said


def wait_for_step(run: Path, step: int, process: subprocess.Popen[str]) -> None:
    while not (run / "checkpoints" / f"step-{step:08d}").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)


def weights(run: Path) -> list[np.ndarray]:
    arrays: list[np.ndarray] = []
    with h5py.File(model_folder.verified_weights(run_folder.find_model_folder(run))) as file:
        file.visititems(lambda _, item: arrays.append(item[()]) if hasattr(item, "dtype") else None)
    return arrays


def losses(run: Path) -> list[float]:
    return [
        event.value for event in EventAccumulator(str(run / "training")).Reload().Scalars("loss")
    ]


@pytest.fixture(scope="module")
def on_one_device(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("single") / "run"
    code, said = finish(start(run, "--run", "restart", "--num_iter", BATCHES, "--log_every", 1))
    assert code == 0, said
    return run


def assert_the_same(run: Path, expected: Path) -> None:
    for array, expected_array in zip(weights(run), weights(expected), strict=True):
        np.testing.assert_allclose(array, expected_array, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(losses(run), losses(expected), rtol=1e-4)


def lose_what_came_after(run: Path, step: int) -> None:
    """Leave a run as if it had been killed after a state was saved.

    Had it been started with fewer batches, its schedules would have ended there.
    """
    states = run_folder.list_checkpoints(run)
    lost = [folder for folder in states if run_folder.number_of(folder) > step]
    assert 0 < len(lost) < len(states)
    for folder in lost:
        shutil.rmtree(folder)


def test_two_devices_learn_what_one_learns(tmp_path: Path, on_one_device: Path) -> None:
    common = ("--strategy", "mirrored", "--num_iter", BATCHES, "--log_every", 1)
    code, said = finish(start(tmp_path, "--run", "restart", *common, LOGICAL_DEVICES="2"))
    assert code == 0, said
    assert_the_same(tmp_path, on_one_device)
    lose_what_came_after(tmp_path, 5)
    code, said = finish(start(tmp_path, "--run", "continue", *common, LOGICAL_DEVICES="2"))
    assert code == 0, said
    assert_the_same(tmp_path, on_one_device)


def test_a_batch_that_cannot_be_divided_is_refused(tmp_path: Path) -> None:
    common = ("--strategy", "mirrored", "--run", "restart", "--num_iter", 1)
    code, said = finish(start(tmp_path / "run", *common, "--batch_size", 3, LOGICAL_DEVICES="2"))
    assert code == 2
    assert "batch of 3 cannot be divided equally among 2 replicas" in said.splitlines()[-1]


def test_two_workers_learn_what_one_learns(tmp_path: Path, on_one_device: Path) -> None:
    for how in ("restart", "continue"):
        common = ("--run", how, "--num_iter", BATCHES, "--log_every", 1)
        chief, other = start_workers(tmp_path, *common)
        (code, said), (other_code, other_said) = finish(chief), finish(other)
        assert (code, other_code) == (0, 0), said + other_said
        assert f"done at batch {BATCHES}" in said
        assert other_said == ""
        assert_the_same(tmp_path, on_one_device)
        if how == "restart":
            lose_what_came_after(tmp_path, 5)


def test_workers_stop_together(tmp_path: Path) -> None:
    chief, other = start_workers(tmp_path, "--run", "restart", "--num_iter", 100_000)
    wait_for_step(tmp_path, 5, chief)
    other.send_signal(signal.SIGTERM)
    (code, said), (other_code, _) = finish(chief), finish(other)
    assert (code, other_code) == (143, 143)
    step = model_folder.read_description(run_folder.find_model_folder(tmp_path)).step
    assert f"stopped at batch {step}" in said


@pytest.mark.parametrize("killed", [0, 1])
def test_a_killed_worker_ends_the_run_with_a_state_to_go_on_from(
    tmp_path: Path, killed: int
) -> None:
    lose(tmp_path, killed, signal.SIGKILL)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGSTOP")
@pytest.mark.parametrize("frozen", [0, 1])
def test_a_frozen_worker_ends_the_run_with_a_state_to_go_on_from(
    tmp_path: Path, frozen: int
) -> None:
    lose(tmp_path, frozen, signal.SIGSTOP)


def lose(run: Path, lost: int, how: signal.Signals) -> None:
    """Lose a worker in the midst of a run; the other one ends, and both can go on from there."""
    workers = start_workers(run, "--run", "restart", "--num_iter", 100_000)
    try:
        wait_for_step(run, 5, workers[0])
        workers[lost].send_signal(how)
        code, said = finish(workers[1 - lost])
    finally:
        for worker in workers:
            worker.kill()
        workers[lost].communicate()
    assert code == 1
    assert "Traceback" not in said
    last = said.splitlines()[-1]
    assert "another worker has ended or can no longer be reached" in last
    assert "--run continue" in last
    step = model_folder.read_description(run_folder.find_model_folder(run)).step
    # That the schedules are stretched does not matter here.
    go_on = start_workers(run, "--run", "continue", "--num_iter", step + 2)
    assert [finish(worker)[0] for worker in go_on] == [0, 0]


def test_a_worker_that_came_and_never_answers_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    addresses = two_addresses()
    common = ("--run", "restart", "--num_iter", 2)
    chief = start_worker(tmp_path, addresses, 0, *common, PATIENCE_SECONDS="5")
    meet(Worker(1, 2, addresses[0]), WAIT_SECONDS)  # and nothing more
    code, said = finish(chief)
    assert code == 1
    assert "Traceback" not in said
    last = said.splitlines()[-1]
    assert "error: no answer from the other workers for 5 seconds" in last
    assert "start again" in last


def test_workers_that_would_not_train_the_same_are_told(tmp_path: Path) -> None:
    addresses = two_addresses()
    common = ("--run", "restart", "--num_iter", 2)
    workers = [
        start_worker(tmp_path, addresses, index, *common, "--seed", index) for index in range(2)
    ]
    for code, said in map(finish, workers):
        assert code == 2
        assert "different options" in said.splitlines()[-1]


def test_other_backends_are_refused(tmp_path: Path) -> None:
    pytest.importorskip("jax")
    common = ("--run", "restart", "--num_iter", 1, "--strategy", "mirrored")
    code, said = finish(start(tmp_path / "run", *common, KERAS_BACKEND="jax"))
    assert code == 2
    assert "needs TensorFlow" in said.splitlines()[-1]
