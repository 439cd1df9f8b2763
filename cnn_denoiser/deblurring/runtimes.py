"""What computes an ONNX network: ONNX Runtime as it is, OpenVINO in bfloat16."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
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
_ONNX_FLOAT = "tensor(float)"


class Tensor(NamedTuple):
    """An input or output of a network: a size that may vary is no int."""

    shape: tuple[Any, ...]
    is_float32: bool


class Computation(NamedTuple):
    """A network, ready to run.

    run:      float32 `(N, 90, 270, 1)` to the arrays that the network makes of it; threads may
              call it at once. Raises CheckpointError where the network fails.
    inputs:   what the file says that it takes.
    outputs:  what the file says that it gives.
    metadata: what else the file says about itself.
    """

    run: Callable[[np.ndarray], list[np.ndarray]]
    inputs: list[Tensor]
    outputs: list[Tensor]
    metadata: Mapping[str, str]


def as_it_is_written(network: bytes, path: Path, threads: int | None = None) -> Computation:
    """Open a network that computes as its file says, with float32 or integers of 8 bits.

    That gives the same result on every machine, or nearly so.

    network: the contents of an ONNX file.
    path:    of that file, for messages.
    threads: that compute; None: one for each core.

    Raises StaleOnnxError where it is damaged or no network.
    """
    sessions = _Sessions(network, path, threads or available_cores())
    first = sessions.of_all_cores

    def tensors(arguments: Any) -> list[Tensor]:
        return [
            Tensor(tuple(argument.shape), argument.type == _ONNX_FLOAT) for argument in arguments
        ]

    return Computation(
        sessions.run,
        tensors(first.get_inputs()),
        tensors(first.get_outputs()),
        first.get_modelmeta().custom_metadata_map,
    )


class _Sessions:
    """Two sessions of ONNX Runtime: all cores work on one picture, or each on one of its own.

    The latter, which is opened when several pictures come, leaves no core waiting for others after
    each layer.
    """

    def __init__(self, network: bytes, path: Path, threads: int):
        self._network = network
        self._path = path
        self._threads = threads
        self._opening = threading.Lock()
        self._computing = threading.Lock()  # two at once would take twice the memory
        self.of_all_cores = self._open(threads)
        self._name = next((given.name for given in self.of_all_cores.get_inputs()), "")

    def run(self, array: np.ndarray) -> list[np.ndarray]:
        """Compute a batch; CheckpointError."""
        try:
            if len(array) == 1 or self._threads == 1:
                with self._computing:
                    return self.of_all_cores.run(None, {self._name: array})
            with self._opening:
                session, pool = self._of_one_core
            results = pool.map(
                lambda picture: session.run(None, {self._name: picture}),
                np.split(array, len(array)),
            )
            return [np.concatenate(outputs) for outputs in zip(*results, strict=True)]
        except Exception as error:  # ONNX Runtime's exceptions have no other base
            message = f"{self._path} does not compute: {_first_line(error)}"
            raise CheckpointError(message) from error

    @cached_property
    def _of_one_core(self) -> tuple[onnxruntime.InferenceSession, ThreadPoolExecutor]:
        return self._open(1), ThreadPoolExecutor(self._threads)

    def _open(self, threads: int) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4  # its complaints come as exceptions, too
        # Planned ahead, memory is not used again within a run: 48 MB more for moussaka, no time
        # less.
        options.enable_mem_pattern = False
        # Threads that wait for work in a loop take a third of the processor from those that load
        # and save pictures: 8.0 seconds of processor time for 300 pictures with unet, 5.4 without.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.intra_op_num_threads = threads
        try:
            return onnxruntime.InferenceSession(
                self._network, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            message = f"{self._path} cannot be loaded: {_first_line(error)}"
            raise StaleOnnxError(message) from error


def in_bfloat16(network: bytes, path: Path, threads: int | None = None) -> Computation:
    """Open a network in bfloat16, where OpenVINO is installed and the processor computes with it.

    Arguments as for `as_it_is_written`. Raises CheckpointError where bfloat16 cannot be had, and
    StaleOnnxError where the file is damaged or no network.
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
    settings = SETTINGS | ({"INFERENCE_NUM_THREADS": threads} if threads else {})
    try:
        read = core.read_model(network, b"")
        compiled = core.compile_model(read, "CPU", settings)
    except RuntimeError as error:
        raise StaleOnnxError(f"{path} cannot be loaded: {_first_line(error)}") from error

    queue = openvino.AsyncInferQueue(compiled)
    lock = threading.Lock()  # the queue has one callback

    def run(array: np.ndarray) -> list[np.ndarray]:
        results: list[list[np.ndarray]] = [[]] * len(array)

        def keep(request: openvino.InferRequest, index: int) -> None:
            results[index] = [tensor.data.copy() for tensor in request.output_tensors]

        with lock:
            try:
                queue.set_callback(keep)
                for index in range(len(array)):
                    queue.start_async({0: array[index : index + 1]}, index)
                queue.wait_all()
                return [np.concatenate(outputs) for outputs in zip(*results, strict=True)]
            except (RuntimeError, ValueError) as error:
                message = f"{path} does not compute: {_first_line(error)}"
                raise CheckpointError(message) from error

    def tensors(ports: Any) -> list[Tensor]:
        return [
            Tensor(
                tuple(
                    size.get_length() if size.is_static else str(size)
                    for size in port.partial_shape
                )
                if port.partial_shape.rank.is_static
                else (),
                port.element_type == openvino.Type.f32,
            )
            for port in ports
        ]

    # Where OpenVINO keeps what ONNX calls the metadata.
    notes = read.get_rt_info()["framework"]
    return Computation(
        run,
        tensors(read.inputs),
        tensors(read.outputs),
        {name: note.astype(str) for name, note in notes.items()},
    )


def available_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on every system
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:300]
