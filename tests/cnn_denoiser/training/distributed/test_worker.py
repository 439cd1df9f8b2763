from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cnn_denoiser.model_files.run_options import write_options
from cnn_denoiser.training.command_line import read_command_line
from cnn_denoiser.training.distributed.worker import Worker, WorkerLostError, meet, read_tf_config
from plumbing.commands.errors import UsageError

TWO = {"worker": ["a:1", "b:1"]}


def configure(monkeypatch: pytest.MonkeyPatch, cluster: object, task: str, index: int) -> None:
    config = {"cluster": cluster, "task": {"type": task, "index": index}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(config))


def test_the_first_worker_is_the_chief(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, TWO, "worker", 0)
    assert read_tf_config() == Worker(0, 2, "a:1")
    assert read_tf_config().is_chief
    configure(monkeypatch, TWO, "worker", 1)
    assert read_tf_config() == Worker(1, 2, "a:1")
    assert not read_tf_config().is_chief


def test_a_cluster_may_name_its_chief(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, {"chief": ["c:1"], **TWO}, "worker", 0)
    assert read_tf_config() == Worker(1, 3, "c:1")
    configure(monkeypatch, {"chief": ["c:1"], **TWO}, "chief", 0)
    assert read_tf_config().is_chief


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"cluster": {"worker": ["a:1"]}}',
     '{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 1}}',
     '{"cluster": {"worker": ["a:1"]}, "task": {"type": "cook", "index": 0}}', "[" * 100_000,
     '{"cluster": {"worker": [1, "a"]}, "task": {"type": "worker", "index": 0}}',
     '{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": Infinity}}',
     '{"cluster": {"worker": ["a:99999"]}, "task": {"type": "worker", "index": 0}}',
     '{"cluster": {"worker": ["a:0"]}, "task": {"type": "worker", "index": 0}}',
     '{"cluster": {"worker": ["a:1", "a:1"]}, "task": {"type": "worker", "index": 0}}'],
)  # fmt: skip
def test_what_is_wrong_with_tf_config_is_said(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(UsageError, match=r"--strategy multi_worker: .*TF_CONFIG must name"):
        read()


def read(*arguments: object) -> object:
    fixed = ["--run", "restart", "--model", "moussaka", "--num_iter", 9]
    fixed += ["--strategy", "multi_worker"]
    return read_command_line("train.py", [*map(str, fixed), *map(str, arguments)])


def test_a_batch_is_divided_equally(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, TWO, "worker", 1)
    read("--batch_size", 4)
    with pytest.raises(UsageError, match=r"batch of 5 cannot be .* 2 machines"):
        read("--batch_size", 5)


def test_the_chief_alone_looks_after_the_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_options(tmp_path, {})
    (tmp_path / "checkpoints" / "step-00000001").mkdir(parents=True)
    configure(monkeypatch, TWO, "worker", 1)
    read("--output", tmp_path)
    configure(monkeypatch, TWO, "worker", 0)
    with pytest.raises(UsageError, match="--overwrite"):
        read("--output", tmp_path)


@pytest.fixture
def meeting_place() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def test_workers_meet(meeting_place: str) -> None:
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda index: meet(Worker(index, 3, meeting_place), 60), (2, 1, 0)))


@pytest.mark.parametrize("index", [0, 1])
def test_a_worker_without_others_gives_up(meeting_place: str, index: int) -> None:
    with pytest.raises(
        WorkerLostError, match=f"worker {index} of 2 has not met .* 1 seconds at most"
    ):
        meet(Worker(index, 2, meeting_place), 1)
