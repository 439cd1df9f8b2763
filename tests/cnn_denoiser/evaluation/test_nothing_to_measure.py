from __future__ import annotations

from pathlib import Path

import numpy as np

from plumbing.pictures.codec import write_picture
from tests.helpers.reading_network import reading_folder


def test_labels_that_name_no_picture_are_told(run_command, tmp_path: Path) -> None:
    (tmp_path / "plates").mkdir()
    write_picture(tmp_path / "plates" / "000.png", np.full((30, 90), 250, np.uint8))
    (tmp_path / "plates" / "labels.csv").write_text("file,label\nother.png,A12345\n")
    network = reading_folder(tmp_path / "reader")
    done = run_command(
        "cnn_denoiser/evaluate.py", "--labelled", tmp_path / "plates", "--checkpoint", network
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert "0 of 1 pictures have a text" in done.stderr
    last = done.stderr.splitlines()[-1]
    assert "no pictures that can be read" in last and "other.png: missing" in last
