from __future__ import annotations

from pathlib import Path

import pytest

from cnn_denoiser.model_files import run_folder
from cnn_denoiser.model_files.model_folder import CheckpointError


def test_the_options_of_a_run_are_found_again(tmp_path: Path) -> None:
    run_folder.write_options(tmp_path / "new" / "run", {"model": "unet", "seed": 3})
    assert run_folder.read_options(tmp_path / "new" / "run") == {"model": "unet", "seed": 3}


def test_a_folder_without_options_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="holds no run"):
        run_folder.read_options(tmp_path)
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(CheckpointError, match=r"run\.json cannot be read"):
        run_folder.read_options(tmp_path)


def test_removing_a_run_leaves_everything_else_in_the_folder(tmp_path: Path) -> None:
    for name in ("checkpoints/step-00000001", "best/step-00000001", "tensorboard/training"):
        (tmp_path / name).mkdir(parents=True)
    run_folder.write_options(tmp_path, {"model": "unet"})
    (tmp_path / "thesis.txt").write_text("years of work")
    run_folder.remove_run(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
