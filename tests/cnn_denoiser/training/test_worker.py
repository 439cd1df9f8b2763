from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnn_denoiser.training.options import UsageError, read_command_line
from cnn_denoiser.training.run_folder import write_options
from cnn_denoiser.training.worker import Worker, read_tf_config

TWO = {"worker": ["a:1", "b:1"]}


def configure(monkeypatch: pytest.MonkeyPatch, cluster: object, task: str, index: int) -> None:
    config = {"cluster": cluster, "task": {"type": task, "index": index}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(config))


def test_the_first_worker_is_the_chief(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, TWO, "worker", 0)
    assert read_tf_config() == Worker(0, 2)
    assert read_tf_config().is_chief
    configure(monkeypatch, TWO, "worker", 1)
    assert read_tf_config() == Worker(1, 2)
    assert not read_tf_config().is_chief


def test_a_cluster_may_name_its_chief(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, {"chief": ["c:1"], **TWO}, "worker", 0)
    assert read_tf_config() == Worker(1, 3)
    configure(monkeypatch, {"chief": ["c:1"], **TWO}, "chief", 0)
    assert read_tf_config().is_chief


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"cluster": {"worker": ["a:1"]}}',
     '{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 1}}',
     '{"cluster": {"worker": ["a:1"]}, "task": {"type": "cook", "index": 0}}'],
)  # fmt: skip
def test_what_is_wrong_with_tf_config_is_said(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(UsageError, match=r"--strategy multi_worker: .*TF_CONFIG must name"):
        read()


def read(*arguments: object) -> object:
    fixed = ["--run", "restart", "--model", "moussaka", "--num_iter", 9]
    fixed += ["--strategy", "multi_worker"]
    return read_command_line([*map(str, fixed), *map(str, arguments)])


def test_a_batch_is_divided_equally(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, TWO, "worker", 1)
    read("--batch_size", 4)
    with pytest.raises(UsageError, match="batch of 5 cannot be divided equally among 2 workers"):
        read("--batch_size", 5)


def test_the_chief_alone_looks_after_the_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_options(tmp_path, {})
    configure(monkeypatch, TWO, "worker", 1)
    read("--output", tmp_path)
    configure(monkeypatch, TWO, "worker", 0)
    with pytest.raises(UsageError, match="--overwrite"):
        read("--output", tmp_path)
