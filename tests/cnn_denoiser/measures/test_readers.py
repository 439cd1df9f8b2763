from __future__ import annotations

import builtins
import importlib.util
import sys

import cv2
import numpy as np
import pytest

from cnn_denoiser.measures import readers as module
from cnn_denoiser.measures.readers import (
    ENGINES,
    AgentClpr,
    PlateReader,
    RapidOcr,
    ReaderMissingError,
    start_reader,
    start_readers,
)
from cnn_denoiser.measures.scores import ReadingScore, score_reading
from plates import draw_plate

PACKAGES = {"rapidocr": "rapidocr_onnxruntime", "agentclpr": "agentclpr"}


@pytest.fixture(scope="module", params=list(ENGINES))
def reader(request: pytest.FixtureRequest) -> PlateReader:
    pytest.importorskip("onnxruntime")
    if importlib.util.find_spec(PACKAGES[request.param]) is None:
        pytest.skip(f"{request.param} is not installed")
    return ENGINES[request.param]()


@pytest.fixture
def none_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    real_import, real_search = builtins.__import__, importlib.util.find_spec

    def without_engine(name: str, *rest):
        if name.startswith("rapidocr"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real_import(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_engine)
    monkeypatch.setattr(
        module.importlib.util, "find_spec", lambda n: None if n == "agentclpr" else real_search(n)
    )


@pytest.mark.parametrize("shape", [(90, 270), (90, 270, 3), (60, 200, 3)])
def test_engines_read_grey_and_colour_of_any_size(reader: PlateReader, shape: tuple) -> None:
    score = ReadingScore()
    for seed in range(12):
        plate, text = draw_plate(np.random.default_rng(seed), "blue")
        if len(shape) == 2:
            plate = cv2.cvtColor(plate, cv2.COLOR_BGR2GRAY)
        picture = cv2.resize(plate, shape[1::-1], interpolation=cv2.INTER_AREA)
        score += score_reading(text, reader.read(picture))
    assert score.alphanumeric is not None and score.alphanumeric > 0.8


def test_rapidocr_reads_nothing_from_a_blank_picture() -> None:
    pytest.importorskip("rapidocr_onnxruntime")
    assert RapidOcr().read(np.full((90, 270), 128, np.uint8)) == ""


def test_nothing_of_the_package_agentclpr_is_imported() -> None:
    if importlib.util.find_spec("agentclpr") is None:
        pytest.skip("agentclpr is not installed")
    AgentClpr()
    assert "agentclpr" not in sys.modules


@pytest.mark.usefixtures("none_installed")
def test_without_an_engine_the_error_says_how_to_get_it(caplog: pytest.LogCaptureFixture) -> None:
    for name in ENGINES:
        with pytest.raises(ReaderMissingError, match="requirements-evaluation"):
            start_readers([name])
    assert start_readers() == {}
    assert start_reader() is None
    assert [record.getMessage()[:23] for record in caplog.records] == [
        "plates are not read: Ra"
    ] * 2


def test_engines_are_started_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> PlateReader:
        raise ReaderMissingError("not here")

    monkeypatch.setattr(module, "ENGINES", {"a": missing, "b": object, "c": object})
    assert list(start_readers(["c"])) == ["c"]
    assert list(start_readers()) == ["b", "c"]
    with pytest.raises(ReaderMissingError):
        start_readers(["b", "a"])
