"""From a trained network to ONNX: `python3 -m cnn_denoiser.export MODEL_FOLDER ONNX_FILE`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from cnn_denoiser.atomic_files import write_atomically
from cnn_denoiser.checkpoints import CheckpointError, read_description, verified_weights

# Float32 sums in another order differ by about 1e-6; a wrong graph differs by far more.
LARGEST_DIFFERENCE = 1e-4


def export_onnx(model_folder: Path, destination: Path) -> None:
    """Write the network of a model folder as an ONNX file, atomically.

    Its input and output are float32 (N, 90, 270, 1) in [-1, 1] for any N; dropout is off. Its
    metadata hold `model`, the network's name, and `weights_sha256`. Raises CheckpointError where
    the folder is damaged, where TensorFlow is missing, and where ONNX Runtime does not come to the
    same result as Keras.
    """
    description = read_description(model_folder)
    weights = verified_weights(model_folder)
    try:
        import keras
        import onnx

        from cnn_denoiser.model_definitions import create_model

        model = create_model(description["model"])
        model.load_weights(weights)
        # Two pictures are called before the export, which needs a model that has been called, and
        # are compared with the exported network's afterwards.
        pictures = np.random.default_rng(0).uniform(-1, 1, (2, *model.input_shape[1:]))
        pictures = pictures.astype(np.float32)
        expected = keras.ops.convert_to_numpy(model(pictures, training=False))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.onnx"
            model.export(path, format="onnx", verbose=False)
            network = onnx.load(path)
    except ImportError as error:
        raise CheckpointError(
            f"exporting {model_folder} to ONNX needs TensorFlow and tf2onnx: {error}"
        ) from error
    except ValueError as error:
        raise CheckpointError(f"{model_folder} cannot be exported to ONNX: {error}") from error
    properties = {"model": description["model"], "weights_sha256": description["weights_sha256"]}
    onnx.helper.set_model_props(network, properties)
    exported = network.SerializeToString()
    _compare(exported, pictures, expected)
    write_atomically(destination, exported)


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


def _compare(exported: bytes, pictures: np.ndarray, expected: np.ndarray) -> None:
    import onnxruntime

    session = onnxruntime.InferenceSession(exported, providers=["CPUExecutionProvider"])
    (result,) = session.run(None, {session.get_inputs()[0].name: pictures})
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
