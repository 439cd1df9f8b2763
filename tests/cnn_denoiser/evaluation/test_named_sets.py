from __future__ import annotations

from pathlib import Path

import pytest

from cnn_denoiser.evaluation import picture_sets
from cnn_denoiser.evaluation.named_sets import read_sets, set_names
from cnn_denoiser.evaluation.options import EvaluationOptions
from plumbing.commands.errors import UsageError
from plumbing.commands.signals import StopSignals


def test_the_sets_go_by_the_names_that_are_told(tmp_path: Path) -> None:
    options = EvaluationOptions(synthetic=2, profile=("camera", "main"))
    sets = read_sets(options, StopSignals())
    assert [pictures.name for pictures in sets] == list(set_names(options))
    assert list(set_names(options)) == ["synthetic-camera", "synthetic-main"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            OSError(5, "Input/output error", "plates/a"),
            "plates or their labels cannot be read: plates/a: Input",
        ),
        (OSError("stale handle"), "plates or their labels cannot be read: stale handle"),
    ],
)
def test_what_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, said: str
) -> None:
    def fail(folder: Path) -> list[Path]:
        raise error

    monkeypatch.setattr(picture_sets, "find_pictures", fail)
    with pytest.raises(UsageError, match=f"^{said}"):
        read_sets(EvaluationOptions(sharp=tmp_path), StopSignals())
