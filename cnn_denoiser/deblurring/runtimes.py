"""What computes an ONNX network: ONNX Runtime in float32, OpenVINO in bfloat16."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnxruntime

from cnn_denoiser.model_files.model_folder import CheckpointError
from cnn_denoiser.model_files.onnx_seal import StaleOnnxError

# A picture on each core, whichever is free: on a busy machine, threads that are bound to cores, or
# work on a picture together, wait for the slowest (five times as long, measured beside a training).
SETTINGS = {
    "INFERENCE_PRECISION_HINT": "bf16",
    "PERFORMANCE_HINT": "THROUGHPUT",
    "ENABLE_CPU_PINNING": False,
}
CAPABILITIES = "OPTIMIZATION_CAPABILITIES"  # OpenVINO's name for what a processor can do


class Computation(NamedTuple):
    """A network with one input and one output, ready to run.

    run:          float32 `(N, 90, 270, 1)` to the same shape and type.
    input_shape:  of the input; a size that may vary is no int.
    metadata:     what the ONNX file says about itself.
    """

    run: Callable[[np.ndarray], np.ndarray]
    input_shape: tuple[Any, ...]
    metadata: Mapping[str, str]


def open_session(path: Path) -> onnxruntime.InferenceSession:
    """Open an ONNX file in ONNX Runtime on the processor; raises StaleOnnxError."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # its complaints come as exceptions, too
    # Planned ahead, memory is not used again within a run: 48 MB more for moussaka, no time less.
    options.enable_mem_pattern = False
    # Threads that wait for work in a loop take a third of the processor from those that load and
    # save pictures: 8.0 seconds of processor time for 300 pictures with unet, 5.4 without.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's exceptions have no other base
        raise StaleOnnxError(f"{path} cannot be loaded: {error}") from error


def in_float32(path: Path) -> Computation:
    """Open a network in float32, which gives the same result on every machine, or nearly so.

    Raises StaleOnnxError where the file is damaged or no network.
    """
    session = open_session(path)
    given, *_ = session.get_inputs()

    def run(array: np.ndarray) -> np.ndarray:
        (result,) = session.run(None, {given.name: array})
        return result

    return Computation(run, tuple(given.shape), session.get_modelmeta().custom_metadata_map)


def in_bfloat16(path: Path) -> Computation:
    """Open a network in bfloat16, where OpenVINO is installed and the processor computes with it.

    Raises CheckpointError where that is not so, and where the file is damaged or no network.
    """
    try:
        import openvino
    except ImportError as error:
        raise CheckpointError(
            f"the precision bf16 needs OpenVINO (pip install -r requirements-bf16.txt): {error}"
        ) from error
    core = openvino.Core()
    if "BF16" not in core.get_property("CPU", CAPABILITIES):
        raise CheckpointError(
            "this processor does not compute in bf16 (it lacks AVX512_BF16 and AMX); use f32"
        )
    try:
        network = core.read_model(path)
        compiled = core.compile_model(network, "CPU", SETTINGS)
    except RuntimeError as error:
        raise StaleOnnxError(f"{path} cannot be loaded: {error}") from error

    queue = openvino.AsyncInferQueue(compiled)

    def run(array: np.ndarray) -> np.ndarray:
        results = np.empty_like(array)

        def keep(request: openvino.InferRequest, index: int) -> None:
            results[index] = request.get_output_tensor().data[0]

        queue.set_callback(keep)
        for index in range(len(array)):
            queue.start_async({0: array[index : index + 1]}, index)
        queue.wait_all()
        return results

    shape = tuple(
        size.get_length() if size.is_static else str(size)
        for size in network.inputs[0].partial_shape
    )
    # Where OpenVINO keeps what ONNX calls the metadata.
    notes = network.get_rt_info()["framework"]
    return Computation(run, shape, {name: note.astype(str) for name, note in notes.items()})
