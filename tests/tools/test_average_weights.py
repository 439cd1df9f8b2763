from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from cnn_denoiser.model_files.digest import sha256
from cnn_denoiser.model_files.model_folder import WEIGHTS, read_description, verified_weights

h5py = pytest.importorskip("h5py")

from tools.average_weights import main  # noqa: E402 (it needs h5py)


def folder(path: Path, kernel: np.ndarray) -> Path:
    path.mkdir()
    with h5py.File(path / WEIGHTS, "w") as file:
        file["layers/conv/vars/0"] = kernel.astype(np.float32)
    description = {
        "model": "unet", "step": 3, "parameters": kernel.size, "pictures_seen": 48,
        "weights_sha256": sha256(path / WEIGHTS), "calibration": {"temperature": 1.5},
    }  # fmt: skip
    (path / "model.json").write_text(json.dumps(description))
    return path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["average_weights", *map(str, arguments)])
    return main()


def test_the_mean_is_a_whole_model_folder_without_the_old_temperature(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = folder(tmp_path / "first", np.array([1.0, 2.0]))
    second = folder(tmp_path / "second", np.array([3.0, -2.0]))
    out = tmp_path / "runs" / "mean"
    assert run(monkeypatch, out, first, second, "--shares", 0.75, 0.25) == 0
    with h5py.File(verified_weights(out), "r") as file:
        assert file["layers/conv/vars/0"][()].tolist() == [1.5, 1.0]
    description = read_description(out)
    assert description.pictures_seen == 48 and description.calibration == {}
    assert verified_weights(first)  # is as it was


def test_another_network_and_damaged_weights_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, other = folder(tmp_path / "first", np.ones(2)), folder(tmp_path / "other", np.ones(3))
    out = tmp_path / "mean"
    assert run(monkeypatch, out, first, other) != 0
    assert "is another network than" in capsys.readouterr().err
    (other / WEIGHTS).write_bytes(b"nothing")
    assert run(monkeypatch, out, first, other) == 4
    assert not out.exists()


@pytest.mark.parametrize("shares", [[1], [0.5, 0.6]])
def test_shares_that_do_not_fit_are_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shares: list[float]
) -> None:
    first = folder(tmp_path / "first", np.ones(2))
    with pytest.raises(SystemExit, match="2"):
        run(monkeypatch, tmp_path / "mean", first, first, "--shares", *shares)
