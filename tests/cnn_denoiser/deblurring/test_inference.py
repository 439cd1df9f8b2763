from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cnn_denoiser import export
from cnn_denoiser.checkpoints import CheckpointError
from cnn_denoiser.deblurring.inference import WAITING, deblur_pictures
from cnn_denoiser.deblurring.network import BATCH_SIZE, Network, load_network
from cnn_denoiser.deblurring.planning import Task, UsageError, plan
from cnn_denoiser.image_files import read_picture, write_picture
from cnn_denoiser.image_processing import to_frame


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Make a folder of 50 random pictures of 80x30."""
    folder = tmp_path / "source"
    folder.mkdir()
    pictures = np.random.default_rng(2).integers(0, 256, (50, 30, 80, 3), dtype=np.uint8)
    for number, picture in enumerate(pictures):
        write_picture(folder / f"{number:02d}.png", picture)
    return folder


def random_frames(count: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (count, 90, 270), dtype=np.uint8)


@pytest.mark.parametrize("count", [0, 1, BATCH_SIZE, BATCH_SIZE + 1, 3 * BATCH_SIZE - 1])
def test_any_number_of_frames_is_deblurred_in_order(negative_folder: Path, count: int) -> None:
    frames = random_frames(count)
    deblurred = Network(negative_folder / "model.onnx").deblur(frames)
    assert deblurred.dtype == np.uint8
    assert np.array_equal(deblurred, 255 - frames)


def test_result_does_not_depend_on_the_batch(convolution_onnx: Path) -> None:
    network = Network(convolution_onnx)
    frames = random_frames(2 * BATCH_SIZE + 3)
    one_by_one = np.concatenate([network.deblur(frame[np.newaxis]) for frame in frames])
    assert np.array_equal(network.deblur(frames), one_by_one)


def test_damaged_network_is_refused(tmp_path: Path, negative_folder: Path) -> None:
    whole = (negative_folder / "model.onnx").read_bytes()
    for content in (b"", b"not a network", whole[:-20]):
        (tmp_path / "damaged.onnx").write_bytes(content)
        with pytest.raises(CheckpointError, match="cannot be loaded"):
            Network(tmp_path / "damaged.onnx")


def test_every_picture_gets_its_own_result(
    source: Path, negative_folder: Path, tmp_path: Path
) -> None:
    tasks = plan(source, tmp_path / "new" / "folder")
    summary = deblur_pictures(tasks, load_network(None, negative_folder))
    assert (summary.total, summary.done, summary.failures) == (50, 50, {})
    for path in source.iterdir():
        result = read_picture(tmp_path / "new" / "folder" / path.name)
        assert np.array_equal(result[..., 0], 255 - to_frame(read_picture(path)))


def test_each_picture_is_reported_once_in_order_and_failures_do_not_stop_the_rest(
    source: Path, negative_folder: Path, tmp_path: Path
) -> None:
    (source / "07.png").write_bytes(b"")
    (source / "21.png").write_text("no picture")
    (tmp_path / "out" / "33.png").mkdir(parents=True)  # in the way of a result
    tasks = plan(source, tmp_path / "out")
    reports: dict[str, str | None] = {}

    def report(task: Task, reason: str | None) -> None:
        assert task.source.name not in reports
        reports[task.source.name] = reason

    summary = deblur_pictures(tasks, load_network(None, negative_folder), report)
    assert set(reports) == {task.source.name for task in tasks}
    assert {name for name, reason in reports.items() if reason} == {"07.png", "21.png", "33.png"}
    assert summary.done == 47
    assert {path.name for path in summary.failures} == {"07.png", "21.png", "33.png"}
    assert "47 of 50" in str(summary) and "3 failed" in str(summary) and "07.png" in str(summary)
    assert len(list((tmp_path / "out").iterdir())) == 48


def test_loading_does_not_run_far_ahead(
    source: Path, negative_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[Path] = []

    def read_and_count(path: Path) -> np.ndarray:
        loaded.append(path)
        return read_picture(path)

    monkeypatch.setattr("cnn_denoiser.deblurring.inference.read_picture", read_and_count)
    network = load_network(None, negative_folder)
    computed = 0
    ahead = []

    class Watched:
        def deblur(self, frames: np.ndarray) -> np.ndarray:
            nonlocal computed
            ahead.append(len(loaded) - computed)
            computed += len(frames)
            return network.deblur(frames)

    deblur_pictures(plan(source, tmp_path / "out"), Watched())
    assert computed == 50
    assert max(ahead) <= WAITING + BATCH_SIZE


def test_interruption_saves_what_was_computed_and_stops(
    source: Path, negative_folder: Path, tmp_path: Path
) -> None:
    reported = []

    def interrupt(task: Task, reason: str | None) -> None:
        reported.append(task)
        if len(reported) == 3:
            raise KeyboardInterrupt

    tasks = plan(source, tmp_path / "out")
    summary = deblur_pictures(tasks, load_network(None, negative_folder), interrupt)
    assert summary.interrupted
    assert str(summary).startswith("interrupted")
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert 3 <= summary.done == len(written) < 50
    assert written == [task.source.name for task in tasks[: summary.done]]


def test_interruption_at_a_failure_counts_it_once(
    source: Path, negative_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "out" / "03.png").mkdir(parents=True)  # in the way of a result

    def interrupt(task: Task, reason: str | None) -> None:
        if reason and not interrupted:
            interrupted.append(task)
            raise KeyboardInterrupt

    interrupted: list[Task] = []
    tasks = plan(source, tmp_path / "out")
    summary = deblur_pictures(tasks, load_network(None, negative_folder), interrupt)
    assert summary.interrupted
    assert [path.name for path in summary.failures] == ["03.png"]
    assert summary.done == len(list((tmp_path / "out").glob("*.png"))) - 1


@pytest.mark.parametrize("stage", ["inference.to_frame", "network.from_network", "inference.write_picture"])
def test_errors_of_our_own_are_not_taken_for_failed_pictures(
    source: Path,
    negative_folder: Path,
    tmp_path: Path,
    stage: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(f"cnn_denoiser.deblurring.{stage}", fail)
    with pytest.raises(ZeroDivisionError):
        deblur_pictures(plan(source, tmp_path / "out"), load_network(None, negative_folder))


def test_same_folder_is_refused_however_it_is_spelled(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(source)
    monkeypatch.chdir(source)
    for spelling in (source, tmp_path / "link", source / ".." / "source", Path(".")):
        with pytest.raises(UsageError, match="same folder"):
            plan(source, spelling)


def test_folders_that_cannot_be_worked_with_are_refused(source: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no pictures in"):
        plan(tmp_path / "empty", tmp_path / "out")
    with pytest.raises(UsageError, match="does not exist"):
        plan(tmp_path / "missing", tmp_path / "out")
    with pytest.raises(UsageError, match="is not a folder"):
        plan(source / "00.png", tmp_path / "out")
    with pytest.raises(UsageError, match=r"00\.png"):
        plan(source, source / "00.png")
    assert not (tmp_path / "out").exists()


@pytest.fixture
def exports(
    monkeypatch: pytest.MonkeyPatch, write_negative_onnx: Callable[[Path, str], None]
) -> list[Path]:
    """Replace the export, which needs TensorFlow, by a quick one; return what it gets."""
    folders: list[Path] = []

    def quick_export(model_folder: Path, destination: Path) -> None:
        folders.append(model_folder)
        description = json.loads((model_folder / "model.json").read_text())
        write_negative_onnx(destination, description["weights_sha256"])

    monkeypatch.setattr(export, "export_in_another_process", quick_export)
    return folders


def test_fresh_onnx_is_used_as_it_is(negative_folder: Path, exports: list[Path]) -> None:
    load_network(checkpoint=negative_folder)
    assert exports == []


@pytest.mark.parametrize("state", ["missing", "of other weights", "damaged"])
def test_onnx_is_made_anew_once_where_needed(
    negative_folder: Path, exports: list[Path], state: str, capsys: pytest.CaptureFixture[str]
) -> None:
    onnx_path = negative_folder / "model.onnx"
    if state == "missing":
        onnx_path.unlink()
    elif state == "damaged":
        onnx_path.write_bytes(b"damaged")
    else:
        description = {"model": "negative", "weights_sha256": "two", "step": 2}
        (negative_folder / "model.json").write_text(json.dumps(description))
    load_network(checkpoint=negative_folder)
    assert "TensorFlow" in capsys.readouterr().err
    load_network(checkpoint=negative_folder)
    assert exports == [negative_folder]


def test_run_folder_means_its_newest_checkpoint(
    tmp_path: Path, negative_folder: Path, exports: list[Path]
) -> None:
    for step in (90, 100):
        folder = tmp_path / "run" / "checkpoints" / f"step-{step:08d}"
        folder.mkdir(parents=True)
        description = (negative_folder / "model.json").read_text()
        (folder / "model.json").write_text(description)
    load_network(checkpoint=tmp_path / "run")
    assert exports == [tmp_path / "run" / "checkpoints" / "step-00000100"]


def test_a_checkpoint_that_a_training_removes_meanwhile_is_replaced_by_the_newest(
    tmp_path: Path,
    negative_folder: Path,
    write_negative_onnx: Callable[[Path, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = tmp_path / "run"
    older, newer = (run / "checkpoints" / f"step-{step:08d}" for step in (90, 100))
    older.mkdir(parents=True)
    (older / "model.json").write_text((negative_folder / "model.json").read_text())

    def export_too_late(model_folder: Path, destination: Path) -> None:
        shutil.copytree(negative_folder, newer)
        shutil.rmtree(older)
        raise CheckpointError(f"{model_folder} cannot be read")

    monkeypatch.setattr(export, "export_in_another_process", export_too_late)
    assert load_network(checkpoint=run).weights_sha256 == "one"
    # Where there is no newer one, the complaint stands.
    (newer / "model.onnx").unlink()
    monkeypatch.setattr(export, "export_in_another_process", _fail_to_export)
    with pytest.raises(CheckpointError, match="TensorFlow is missing"):
        load_network(checkpoint=run)


def _fail_to_export(model_folder: Path, destination: Path) -> None:
    raise CheckpointError("TensorFlow is missing")


def test_unknown_networks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="nonesuch"):
        load_network("nonesuch")
    with pytest.raises(CheckpointError, match="neither"):
        load_network(checkpoint=tmp_path)
