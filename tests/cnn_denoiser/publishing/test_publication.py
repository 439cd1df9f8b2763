from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnn_denoiser.model_files.description import ModelDescription
from cnn_denoiser.model_files.model_folder import CheckpointError, write_description
from cnn_denoiser.publishing import folder_swap, publication
from cnn_denoiser.publishing.publication import publish
from plumbing.commands.errors import CommandError


@pytest.mark.usefixtures("any_weights")
@pytest.mark.parametrize("name", ["fog", "unets"])
def test_only_known_networks_are_published(run: Path, published: Path, name: str) -> None:
    write_description(run, ModelDescription(name, 1, "0", 7))
    with pytest.raises(CheckpointError, match="no known network"):
        publish(run, {}, published)
    assert list(published.iterdir()) == []


@pytest.mark.parametrize("name", ["../../moussaka", "/tmp/moussaka", "moussaka/..", ""])
def test_a_name_is_no_path(run: Path, published: Path, name: str) -> None:
    text = (run / "model.json").read_text().replace("moussaka", name)
    (run / "model.json").write_text(text)
    with pytest.raises(CheckpointError):
        publish(run, {}, published)
    assert list(published.iterdir()) == []


@pytest.mark.usefixtures("any_weights")
@pytest.mark.parametrize("when", ["export", "first rename", "second rename", "signal"])
def test_a_network_is_replaced_as_a_whole_or_not_at_all(
    run: Path, published: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    publish(run, {}, published)
    (published / "moussaka" / "old").write_text("old")
    real_replace, renames = os.replace, 0

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    def replace(source: Path, destination: Path) -> None:
        nonlocal renames
        renames += 1
        if renames == {"first rename": 1, "second rename": 2}.get(when):
            fail()
        real_replace(source, destination)

    def stop() -> None:
        if when == "signal":
            raise KeyboardInterrupt

    monkeypatch.setattr(folder_swap.os, "replace", replace)
    if when == "export":
        monkeypatch.setattr(publication, "export_in_another_process", fail)
    with pytest.raises(KeyboardInterrupt if when == "signal" else CommandError):
        publish(run, {}, published, stop)
    assert [path.name for path in published.iterdir()] == ["moussaka"]
    assert (published / "moussaka" / "old").exists()
    monkeypatch.undo()


@pytest.mark.usefixtures("any_weights")
def test_what_a_kill_left_aside_is_put_back(run: Path, published: Path) -> None:
    (published / ".replaced-unet").mkdir()
    (published / ".replaced-unet" / "model.json").write_text("{}")
    (published / ".partial-0123").mkdir()
    publish(run, {}, published)
    assert sorted(path.name for path in published.iterdir()) == ["moussaka", "unet"]
    assert (published / "unet" / "model.json").exists()
