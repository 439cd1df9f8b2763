from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cnn_denoiser.model_definitions.keras_backend import load_keras
from plumbing.commands.errors import UsageError
from tests.conftest import PROJECT

SCRIPT = """
from cnn_denoiser.model_definitions.keras_backend import load_keras
from plumbing.commands.errors import UsageError
try:
    load_keras()
except UsageError as error:
    print(error)
else:
    from keras import backend, config
    policy = config.dtype_policy().name
    print(backend.backend(), config.image_data_format(), config.floatx(), policy)
"""


def said(**environment: str) -> str:
    clean = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    finished = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=PROJECT, env=clean | environment,
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return finished.stdout.strip()


def test_a_users_own_settings_of_keras_have_no_effect(tmp_path: Path) -> None:
    settings = {"floatx": "float16", "image_data_format": "channels_first", "backend": "torch"}
    (tmp_path / "keras.json").write_text(json.dumps(settings))
    assert said(KERAS_HOME=str(tmp_path)) == "tensorflow channels_last float32 float32"


def test_a_backend_that_is_missing_is_named_with_its_package(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise ModuleNotFoundError('no torch', name='torch')")
    answer = said(KERAS_BACKEND="torch", PYTHONPATH=str(tmp_path))
    assert "torch, which is to compute, is not installed: run pip install torch" in answer


def test_an_unknown_backend_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "caffe")
    with pytest.raises(UsageError, match=r"one of tensorflow, jax, torch. Received: caffe"):
        load_keras()
