from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnn_denoiser import checkpoints, publish
from cnn_denoiser.deblurring.network import Network

FIGURES = {"psnr": 15.12345, "ssim": 0.5, "characters": None, "alphanumeric": None, "plates": None}


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for shipped networks."""
    folder = tmp_path / "trained_models"
    folder.mkdir()
    monkeypatch.setattr(publish, "TRAINED_MODELS", folder)
    return folder


def write_evaluation(path: Path, method: str, sets: tuple[str, ...] = ("",)) -> None:
    methods = {"blurred": FIGURES, method: {**FIGURES, "psnr": 20.0}}
    path.write_text(
        json.dumps([{"set": s, "labels": {"a.png": None}, "methods": methods} for s in sets])
    )


@pytest.mark.slow
def test_a_run_becomes_a_shipped_network(moussaka_folder: Path, shelf: Path) -> None:
    evaluation = shelf.parent / "evaluation.json"
    run = str(moussaka_folder.parents[1])
    write_evaluation(evaluation, run)
    assert publish.main([run, "--measured", f"noise={evaluation}"]) == 0
    description = checkpoints.read_description(shelf / "moussaka")
    assert description["measured"]["noise"] == {
        "pictures": 1,
        "blurred": {"psnr": 15.1235, "ssim": 0.5},
        "deblurred": {"psnr": 20.0, "ssim": 0.5},
    }
    network = Network(shelf / "moussaka" / checkpoints.ONNX)
    assert network.weights_sha256 == description.weights_sha256
    assert (shelf / "moussaka" / checkpoints.DROPOUT_ONNX).is_file()
    checkpoints.verified_weights(shelf / "moussaka")
    assert [path.name for path in shelf.iterdir()] == ["moussaka"]


def test_figures_of_another_network_are_refused(
    moussaka_folder: Path, shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluation = shelf.parent / "evaluation.json"
    write_evaluation(evaluation, "another")
    with pytest.raises(SystemExit) as stopped:
        publish.main([str(moussaka_folder), "--measured", f"noise={evaluation}"])
    assert stopped.value.code == 2
    assert "does not hold" in capsys.readouterr().err
    assert list(shelf.iterdir()) == []


def test_every_set_of_a_file_is_kept_by_its_own_name(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published: dict[str, dict] = {}
    monkeypatch.setattr(publish, "publish", lambda run, measured: published.update(measured))
    evaluation = shelf.parent / "evaluation.json"
    write_evaluation(evaluation, "runs/x", ("real", "synthetic"))
    assert publish.main(["runs/x", "--measured", str(evaluation)]) == 0
    assert list(published) == ["real", "synthetic"]
    assert published["real"]["deblurred"] == {"psnr": 20.0, "ssim": 0.5}


def test_one_name_for_several_sets_is_refused(
    shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluation = shelf.parent / "evaluation.json"
    write_evaluation(evaluation, "runs/x", ("real", "synthetic"))
    with pytest.raises(SystemExit) as stopped:
        publish.main(["runs/x", "--measured", f"noise={evaluation}"])
    assert stopped.value.code == 2
    assert "2 sets" in capsys.readouterr().err


def test_a_folder_without_a_network_cannot_be_published(
    tmp_path: Path, shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish.main([str(tmp_path)]) == 1
    assert "neither a trained model" in capsys.readouterr().err
