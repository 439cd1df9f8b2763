from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnn_denoiser.model_files.model_folder import WEIGHTS, CheckpointError, verified_weights


def test_missing_weights_are_named_once(tmp_path: Path) -> None:
    told = f"{re.escape(str(tmp_path / WEIGHTS))} cannot be read: No such file or directory"
    with pytest.raises(CheckpointError, match=f"^{told}$"):
        verified_weights(tmp_path)
