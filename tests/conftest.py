"""What all tests share."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import settings
from onnx import TensorProto, helper, numpy_helper

from cnn_denoiser.model_files.onnx_seal import seal

PROJECT = Path(__file__).resolve().parents[1]
Command = Callable[..., "subprocess.CompletedProcess[str]"]

NETWORK_SHAPE = ["batch", 90, 270, 1]

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# Without TensorFlow (requirements-test.txt) what trains is not tried.
if importlib.util.find_spec("tensorflow") is None:
    collect_ignore_glob = [
        "cnn_denoiser/training/*",
        "cnn_denoiser/export/*",
        "cnn_denoiser/model_definitions/*",
        "cnn_denoiser/model_files/test_states.py",
    ]

# Shells start background jobs with Ctrl-C ignored, and commands started by the tests inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine is slow, and a test that fails should fail again.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")


@pytest.fixture
def run_command() -> Command:
    """Run a Python command of the project as a user would, from its root; give what it printed."""

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=PROJECT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def write_negative_onnx() -> Callable[[Path, str], None]:
    """Return a function that writes an ONNX network which turns pictures into their negatives."""

    def write(path: Path, weights_sha256: str) -> None:
        graph = helper.make_graph(
            [helper.make_node("Neg", ["blurred"], ["deblurred"])],
            "negative",
            [helper.make_tensor_value_info("blurred", TensorProto.FLOAT, NETWORK_SHAPE)],
            [helper.make_tensor_value_info("deblurred", TensorProto.FLOAT, NETWORK_SHAPE)],
        )
        _save(graph, path, weights_sha256)

    return write


@pytest.fixture(scope="session")
def convolution_onnx(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write an ONNX network of two random convolutions and a tanh."""
    rng = np.random.default_rng(1)
    first = rng.normal(0, 0.3, (16, 1, 5, 5)).astype(np.float32)
    second = rng.normal(0, 0.1, (1, 16, 5, 5)).astype(np.float32)
    padding = {"pads": [2, 2, 2, 2]}
    graph = helper.make_graph(
        [
            helper.make_node("Transpose", ["blurred"], ["planes"], perm=[0, 3, 1, 2]),
            helper.make_node("Conv", ["planes", "first"], ["hidden"], **padding),
            helper.make_node("Relu", ["hidden"], ["positive"]),
            helper.make_node("Conv", ["positive", "second"], ["sum"], **padding),
            helper.make_node("Tanh", ["sum"], ["bounded"]),
            helper.make_node("Transpose", ["bounded"], ["deblurred"], perm=[0, 2, 3, 1]),
        ],
        "convolutions",
        [helper.make_tensor_value_info("blurred", TensorProto.FLOAT, NETWORK_SHAPE)],
        [helper.make_tensor_value_info("deblurred", TensorProto.FLOAT, NETWORK_SHAPE)],
        [numpy_helper.from_array(first, "first"), numpy_helper.from_array(second, "second")],
    )
    path = tmp_path_factory.mktemp("convolutions") / "model.onnx"
    _save(graph, path, "0")
    return path


def _save(graph: onnx.GraphProto, path: Path, weights_sha256: str) -> None:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    helper.set_model_props(model, {"model": "test", "weights_sha256": weights_sha256})
    path.write_bytes(seal(model.SerializeToString()))


@pytest.fixture
def negative_folder(tmp_path: Path, write_negative_onnx: Callable[[Path, str], None]) -> Path:
    """Make a model folder of the negative network, with a fresh ONNX file."""
    folder = tmp_path / "negative"
    folder.mkdir()
    description = {"model": "negative", "weights_sha256": "one", "step": 1, "parameters": 0}
    (folder / "model.json").write_text(json.dumps(description))
    write_negative_onnx(folder / "model.onnx", "one")
    return folder


@pytest.fixture
def deblur(run_command: Command, negative_folder: Path) -> Command:
    """Run the command with a network that makes negatives."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        return run_command("deblur_images.py", *arguments, "--checkpoint", negative_folder)

    return run


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Make a folder of three pictures of 120x40, red and dark."""
    from tests.helpers.plain_pictures import plain_picture

    folder = tmp_path / "source"
    folder.mkdir()
    for number in range(3):
        plain_picture((120, 40)).save(folder / f"{number}.png")
    return folder
