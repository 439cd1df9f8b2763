from __future__ import annotations

from pathlib import Path

import pytest

from cnn_denoiser.model_files import run_folder, run_options, run_removal
from cnn_denoiser.model_files.model_folder import CheckpointError


def test_the_options_of_a_run_are_found_again(tmp_path: Path) -> None:
    run_options.write_options(tmp_path / "new" / "run", {"model": "unet", "seed": 3})
    assert run_options.read_options(tmp_path / "new" / "run") == {"model": "unet", "seed": 3}


def test_a_folder_without_options_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="holds no run"):
        run_options.read_options(tmp_path)
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(CheckpointError, match=r"run\.json cannot be read"):
        run_options.read_options(tmp_path)


def test_removing_a_run_leaves_everything_else_in_the_folder(tmp_path: Path) -> None:
    states = (
        "checkpoints/step-00000001",
        "checkpoints/damaged-step-00000002",
        "best/step-00000001",
    )
    for name in (*states, "pretraining/layers-00000002", "training", "validation"):
        (tmp_path / name).mkdir(parents=True)
    for folder in ("training", "pretraining", "."):
        (tmp_path / folder / "events.out.tfevents.1.x").write_bytes(b"")
    run_options.write_options(tmp_path, {"model": "unet"})
    kept = ("thesis.txt", "checkpoints/step-00000001 (good)", "best/mine", "validation/plate.png")
    for name in kept:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("years of work")
    run_removal.remove_run(tmp_path)
    left = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(left) == sorted(kept)


def test_what_was_logged_of_a_pretraining_outlives_its_states(tmp_path: Path) -> None:
    (tmp_path / "pretraining" / "layers-00000002").mkdir(parents=True)
    (tmp_path / "pretraining" / "events.out.tfevents.1.x").write_bytes(b"")
    run_removal.remove_pretrained(tmp_path)
    assert run_folder.find_pretrained(tmp_path) is None
    assert len(list((tmp_path / "pretraining").iterdir())) == 1


def test_an_empty_folder_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="neither a trained model nor checkpoints"):
        run_folder.find_model_folder(tmp_path)
