from __future__ import annotations

import threading
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from cnn_denoiser.deblurring import pipeline as inference
from cnn_denoiser.deblurring.findings import Deblurs
from cnn_denoiser.deblurring.network import Deblurred, Network
from cnn_denoiser.deblurring.pipeline import BATCHES_COMPUTED, BATCHES_WAITING, Pipeline
from cnn_denoiser.deblurring.plan import Plan
from cnn_denoiser.deblurring.planning import make_plan
from cnn_denoiser.deblurring.reporting.outcome import Outcome
from cnn_denoiser.deblurring.result_size import ResultSize
from cnn_denoiser.deblurring.stages import LOADING, Loaded, Settings, load
from plumbing.pictures.codec import read_picture, write_picture
from plumbing.pictures.frame import to_frame
from tests.helpers.reading_network import reading_folder

BATCH = 8


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Make a folder of 50 random pictures of 80x30."""
    folder = tmp_path / "source"
    folder.mkdir()
    pictures = np.random.default_rng(2).integers(0, 256, (50, 30, 80, 3), dtype=np.uint8)
    for number, picture in enumerate(pictures):
        write_picture(folder / f"{number:02d}.png", picture)
    return folder


@pytest.fixture
def planned(source: Path, tmp_path: Path) -> Plan:
    """Plan to deblur that folder into `out`."""
    (tmp_path / "out").mkdir()
    return make_plan([source], tmp_path / "out")


@pytest.fixture
def negative(negative_folder: Path) -> Network:
    return Network(negative_folder / "model.onnx")


class Told(list[Outcome]):
    """Takes what became of the pictures."""

    def add(self, outcome: Outcome, before: np.ndarray | None, after: np.ndarray | None) -> None:
        self.append(outcome)

    def names(self, status: str) -> list[str]:
        return [outcome.source.name for outcome in self if outcome.status == status]


def run(
    planned: Plan, network: Deblurs, settings: Settings | None = None, **options: object
) -> Told:
    told = Told()
    pipeline = Pipeline(
        network, settings or Settings(), **{"batch_size": BATCH, "jobs": 3, **options}
    )
    pipeline.run(planned, told.add)
    return told


def test_every_picture_gets_its_own_result(
    planned: Plan, negative: Network, tmp_path: Path
) -> None:
    told = run(planned, negative)
    assert told.names("done") == [f"{number:02d}.png" for number in range(50)]
    for outcome in told:
        assert outcome.output == tmp_path / "out" / outcome.source.name
        frame = to_frame(read_picture(outcome.source))
        result = to_frame(read_picture(outcome.output)).astype(int)
        assert np.abs(result - (255 - frame)).max() <= 1  # its colours leave the luma
        assert (outcome.width, outcome.height) == (80, 30)
        assert outcome.milliseconds > 0


def test_all_is_told_once_in_order_and_failures_do_not_stop_the_rest(
    source: Path, negative: Network, tmp_path: Path
) -> None:
    (source / "07.png").write_bytes(b"")
    (source / "21.png").write_text("no picture")
    (tmp_path / "out" / "33.png").mkdir(parents=True)  # in the way of a result
    write_picture(tmp_path / "out" / "40.png", np.zeros((2, 2), np.uint8))
    planned = make_plan([source], tmp_path / "out", existing="skip")
    (source / "45.png").unlink()
    told = run(planned, negative)
    assert [outcome.source.name for outcome in told] == [f"{n:02d}.png" for n in range(50)]
    assert told.names("failed") == ["07.png", "21.png", "33.png", "45.png"]
    assert all(outcome.reason for outcome in told if outcome.status == "failed")
    assert told.names("skipped") == ["40.png"]
    assert read_picture(tmp_path / "out" / "40.png").shape == (2, 2, 3)
    assert len(list((tmp_path / "out").iterdir())) == 47


def test_loading_does_not_run_far_ahead(
    planned: Plan, negative: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[Path] = []
    computed = 0
    ahead = []

    def load_and_count(task: inference.Task, settings: Settings) -> Loaded:
        loaded.append(task.source)
        return load(task, settings)

    class Watched:
        def deblur_and_read(self, frames: np.ndarray, batch_size: int) -> Deblurred:
            nonlocal computed
            ahead.append(len(loaded) - computed)
            computed += len(frames)
            return negative.deblur_and_read(frames, batch_size)

    monkeypatch.setattr(inference, "load", load_and_count)
    run(planned, Watched())
    assert computed == 50
    assert max(ahead) <= (BATCHES_WAITING + BATCHES_COMPUTED) * BATCH


@pytest.mark.parametrize("allowed", [1, 3])
@pytest.mark.parametrize("size", ["model", "exact"])
def test_large_sources_do_not_add_up(
    planned: Plan,
    negative: Network,
    allowed: int,
    size: Literal["model", "exact"],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = Settings(size=ResultSize(size))
    claims = inference.claim(next(iter(planned)), settings)
    assert claims >= 80 * 30 * LOADING
    # Less than a single picture takes still lets them through one by one.
    monkeypatch.setattr(inference, "SOURCE_BYTES", allowed * claims if allowed > 1 else 1)
    lock = threading.Lock()
    now, most = 0, 0

    def load_and_watch(task: inference.Task, settings: Settings) -> Loaded:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        loaded = load(task, settings)
        if size == "model":  # only its frame stays
            with lock:
                now -= 1
        return loaded

    def finish(outcome: Outcome, before: object, after: object) -> None:
        nonlocal now
        if size == "exact":
            with lock:
                now -= 1
        told.append(outcome)

    monkeypatch.setattr(inference, "load", load_and_watch)
    told = Told()
    Pipeline(negative, settings, batch_size=BATCH, jobs=6).run(planned, finish)
    assert len(told.names("done")) == 50
    assert most <= allowed


def test_stopping_saves_what_was_computed(planned: Plan, negative: Network, tmp_path: Path) -> None:
    computed = []

    class Watched:
        def deblur_and_read(self, frames: np.ndarray, batch_size: int) -> Deblurred:
            computed.extend(frames)
            return negative.deblur_and_read(frames, batch_size)

    told = run(planned, Watched(), stop=lambda: len(computed) >= 2 * BATCH)
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == told.names("done") == [f"{n:02d}.png" for n in range(len(computed))]
    assert len(computed) <= (2 + BATCHES_COMPUTED) * BATCH < 50


@pytest.mark.parametrize(
    ("on_warning", "status", "written"),
    [("keep", "done", True), ("skip", "skipped", False), ("fail", "failed", False)],
)
@pytest.mark.parametrize("read", [False, True])
def test_pictures_on_which_nothing_is_read_carry_a_warning(
    tmp_path: Path,
    on_warning: Literal["keep", "skip", "fail"],
    status: str,
    written: bool,
    read: bool,
) -> None:
    network = Network(reading_folder(tmp_path / "reader") / "model.onnx")
    plate = np.full((30, 90), 250, np.uint8)
    plate[10:20, 20:40] = 0
    scene = np.full((30, 90), 128, np.uint8)
    scene[:, :20], scene[:, 70:] = 0, 255
    (tmp_path / "in").mkdir()
    for name, picture in (("plate", plate), ("scene", scene)):
        write_picture(tmp_path / "in" / f"{name}.png", picture)
    planned = make_plan([tmp_path / "in"], tmp_path / "out")
    (tmp_path / "out").mkdir(exist_ok=True)
    first, second = run(planned, network, Settings(on_warning=on_warning, read=read))
    assert (first.status, first.warning) == ("done", "")
    assert "nothing on it can be read" in second.warning
    assert second.status == status
    assert (tmp_path / "out" / "scene.png").exists() is written
    assert (first.reading is not None) is read


@pytest.mark.parametrize("stage", ["claim", "load", "save"])
def test_errors_of_our_own_are_not_taken_for_failed_pictures(
    planned: Plan, negative: Network, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(inference, stage, fail)
    with pytest.raises(ZeroDivisionError):
        run(planned, negative)
