"""A network that reads, small enough to know what it says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from cnn_denoiser.deblurring.reading import Reading
from cnn_denoiser.model_files.onnx_seal import seal
from plates.slots import CLASSES, SLOTS, encode

TEXT = "京A12345"
_SHAPE = ["batch", 90, 270, 1]
# How sure it is on white: of a character against all others, and of the 1 against a 7.
_CERTAINTY, _MARGIN = 20.0, 4.0


def reading_folder(folder: Path) -> Path:
    """Make a model folder of a network that makes negatives, and reads the same text everywhere.

    How sure it is goes with a picture's brightness: on white each character is, on light grey the
    third one might as well be a 7 (about 0.8 to 0.2), on middle grey there is no plate.
    """
    folder.mkdir()
    logits = np.zeros((1, SLOTS, CLASSES), np.float32)
    logits[0, range(SLOTS), encode(TEXT)] = _CERTAINTY
    logits[0, 2, encode("7")[0]] = _CERTAINTY - _MARGIN
    graph = helper.make_graph(
        [
            helper.make_node("Neg", ["blurred"], ["deblurred"]),
            helper.make_node("ReduceMean", ["blurred"], ["brightness"], axes=[1, 2, 3]),
            helper.make_node("Reshape", ["brightness", "shape"], ["certainty"]),
            helper.make_node("Mul", ["certainty", "on_white"], ["logits"]),
        ],
        "reader",
        [helper.make_tensor_value_info("blurred", TensorProto.FLOAT, _SHAPE)],
        [
            helper.make_tensor_value_info("deblurred", TensorProto.FLOAT, _SHAPE),
            helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", SLOTS, CLASSES]),
        ],
        [
            numpy_helper.from_array(logits, "on_white"),
            numpy_helper.from_array(np.array([-1, 1, 1], np.int64), "shape"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    helper.set_model_props(model, {"model": "reader", "weights_sha256": "one"})
    (folder / "model.onnx").write_bytes(seal(model.SerializeToString()))
    description = {
        "model": "reader", "weights_sha256": "one", "step": 1, "parameters": 0,
        "calibration": {"temperature": 1.0},
    }  # fmt: skip
    (folder / "model.json").write_text(json.dumps(description))
    return folder


def reading_of(text: str, probabilities: Sequence[float]) -> Reading:
    """Return a reading of a text by the probability of each character; behind them surely none."""
    likely = np.array([*probabilities, *[0.999] * (SLOTS - len(text))])
    shares = np.repeat((1 - likely[:, None]) / (CLASSES - 1), CLASSES, axis=1)
    shares[range(SLOTS), encode(text)] = likely
    return Reading(np.log(shares), is_plate=True)
