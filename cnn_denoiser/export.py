"""From a trained network to ONNX: `python3 -m cnn_denoiser.export MODEL_FOLDER ONNX_FILE`."""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cnn_denoiser.atomic_files import write_atomically
from cnn_denoiser.checkpoints import (
    DROPOUT_ONNX,
    CheckpointError,
    read_description,
    verified_weights,
)
from cnn_denoiser.onnx_seal import seal, sha256_in_seal

if TYPE_CHECKING:
    import keras
    import onnx

# Float32 sums in another order differ by about 1e-6; a wrong graph differs by far more.
LARGEST_DIFFERENCE = 1e-4
# Bytes from which on weights are worth a reference to another file.
LEAST_SHARED = 1024


def export_onnx(model_folder: Path, destination: Path) -> None:
    """Write the network of a model folder as a sealed ONNX file, atomically.

    Its input `blurred` and its output are float32 (N, 90, 270, 1) in [-1, 1] for any N; dropout is
    off. Its metadata hold `model`, the network's name, `weights_sha256`, and `dropout`: whether
    the network has it, "yes" or "no".

    For a network with dropout, `model.dropout.onnx` is written beside it: the same network with
    one more input for each dropout layer, named after it: bool (N, ...), which values are kept.
    Its weights are those in the first file. Its metadata hold `network_sha256`, that file's seal,
    and `dropout_rates`, a JSON object of the rate of each layer.

    Raises CheckpointError where the folder is damaged, where TensorFlow is missing, and where ONNX
    Runtime does not come to the same result as Keras.
    """
    description = read_description(model_folder)
    weights = verified_weights(model_folder)
    try:
        from cnn_denoiser.dropout_masks import WithMasks
        from cnn_denoiser.model_definitions import create_model

        model = create_model(description["model"])
        model.load_weights(weights)
        with_masks = WithMasks(model)
        rng = np.random.default_rng(0)
        pictures = rng.uniform(-1, 1, (2, *model.input_shape[1:])).astype(np.float32)
        given: dict[str, np.ndarray] = {"blurred": pictures}
        network = _export(
            model,
            given,
            {
                "model": description["model"],
                "weights_sha256": description["weights_sha256"],
                "dropout": "yes" if with_masks.rates else "no",
            },
        )
        files = {destination.name: network}
        if with_masks.rates:
            for name, rate in with_masks.rates.items():
                given[name] = rng.random((2, *with_masks.shapes[name])) >= rate
            metadata = {
                "network_sha256": str(sha256_in_seal(io.BytesIO(network))),
                "dropout_rates": json.dumps(with_masks.rates),
            }
            files[DROPOUT_ONNX] = _export(with_masks, given, metadata, files)
    except ImportError as error:
        raise CheckpointError(
            f"exporting {model_folder} to ONNX needs TensorFlow and tf2onnx: {error}"
        ) from error
    except ValueError as error:
        raise CheckpointError(f"{model_folder} cannot be exported to ONNX: {error}") from error
    for name, content in files.items():
        write_atomically(destination.with_name(name), content)


def export_in_another_process(model_folder: Path, destination: Path) -> None:
    """Do what `export_onnx` does in a process of its own.

    So TensorFlow's half a gigabyte of memory and its messages stay out of this one.
    """
    command = [sys.executable, "-m", __name__, str(model_folder), str(destination)]
    project = str(Path(__file__).resolve().parents[1])
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [project, os.environ.get("PYTHONPATH")])),
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
    }
    finished = subprocess.run(
        command, env=environment, capture_output=True, text=True, errors="replace", check=False
    )
    if finished.returncode:
        last_line = (finished.stderr.strip().splitlines() or ["no message"])[-1]
        raise CheckpointError(last_line)


def _export(
    model: keras.Model,
    given: Mapping[str, np.ndarray],
    metadata: Mapping[str, str],
    beside: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return a Keras model as a sealed ONNX file.

    `given` holds an array for each input, which the results are compared on, `beside` the files
    that will lie beside this one: weights that are in one of them are not repeated.
    """
    import keras
    import onnx

    from cnn_denoiser.transposed_convolutions import make_plain

    arrays = list(given.values())
    # This call is also what makes the model ready for its export.
    expected = model(arrays if len(arrays) > 1 else arrays[0], training=False)
    specifications = [
        keras.InputSpec(array.dtype.name, (None, *array.shape[1:]), name=name)
        for name, array in given.items()
    ]
    files = dict(beside or {})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "exported.onnx"
        model.export(
            path,
            format="onnx",
            verbose=False,
            input_signature=[specifications] if len(arrays) > 1 else specifications,
        )
        network = onnx.load(path)
        make_plain(network)
        onnx.helper.set_model_props(network, dict(metadata))
        _share_weights(network, files)
        files[path.name] = seal(network.SerializeToString())
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        _compare(path, given, keras.ops.convert_to_numpy(expected))
    return files[path.name]


def _share_weights(network: onnx.ModelProto, files: Mapping[str, bytes]) -> None:
    """Have a network refer to those of its weights that are in other files, where they are."""
    from onnx.external_data_helper import set_external_data

    for tensor in network.graph.initializer:
        if len(tensor.raw_data) < LEAST_SHARED:
            continue
        for name, content in files.items():
            if (offset := content.find(tensor.raw_data)) >= 0:
                set_external_data(tensor, name, offset, len(tensor.raw_data))
                tensor.ClearField("raw_data")
                break


def _compare(path: Path, given: Mapping[str, np.ndarray], expected: np.ndarray) -> None:
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (result,) = session.run(None, dict(given))
    difference = float(np.abs(result - expected).max())
    if not difference <= LARGEST_DIFFERENCE:  # also where it is not a number
        raise CheckpointError(
            f"the exported network differs from the trained one by {difference:.2g}; not written"
        )


def main() -> int:
    """Export a model folder; 0 where it worked, 1 otherwise."""
    parser = argparse.ArgumentParser(description="Write a trained network as an ONNX file.")
    parser.add_argument("model_folder", type=Path)
    parser.add_argument("destination", type=Path)
    arguments = parser.parse_args()
    try:
        export_onnx(arguments.model_folder, arguments.destination)
    except (CheckpointError, OSError) as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
