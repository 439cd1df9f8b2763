from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from cnn_denoiser.model_files.digest import sha256


def test_the_digest_of_a_file_longer_than_a_block(tmp_path: Path) -> None:
    content = os.urandom(1000) * 2500
    (tmp_path / "file").write_bytes(content)
    assert sha256(tmp_path / "file") == hashlib.sha256(content).hexdigest()


def test_pipes_and_folders_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(OSError, match="not a file"):
            sha256(path)
