"""From a trained network to ONNX."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cnn_denoiser.model_files.model_folder import (
    CheckpointError,
    load_weights,
    read_description,
)
from cnn_denoiser.model_files.onnx_seal import seal
from plumbing.files.atomic import write_atomically

if TYPE_CHECKING:
    import keras

# Float32 sums in another order differ by about 1e-6; a wrong graph differs by far more.
LARGEST_DIFFERENCE = 1e-4


def export_onnx(model_folder: Path, destination: Path) -> None:
    """Write the network of a model folder as a sealed ONNX file, atomically.

    Its input `blurred` and its first output are float32 (N, 90, 270, 1) in [-1, 1] for any N, the
    second of a network that reads its logits; dropout is off. Its metadata hold `model`, the
    network's name, and `weights_sha256`.

    Raises CheckpointError where the folder is damaged, where TensorFlow is missing, and where ONNX
    Runtime does not come to the same result as Keras.
    """
    description = read_description(model_folder)
    try:
        from cnn_denoiser.model_definitions import create_model

        model = create_model(description.model, **description.settings)
        load_weights(model_folder, model)
        metadata = {"model": description.model, "weights_sha256": description.weights_sha256}
        network = _export(model, metadata)
    except ImportError as error:
        raise CheckpointError(
            f"exporting {model_folder} to ONNX needs TensorFlow and tf2onnx: {error}"
        ) from error
    except ValueError as error:
        raise CheckpointError(f"{model_folder} cannot be exported to ONNX: {error}") from error
    write_atomically(destination, network)


def _export(model: keras.Model, metadata: dict[str, str]) -> bytes:
    """Return a Keras model as a sealed ONNX file, compared with the model itself."""
    import keras
    import onnx

    from cnn_denoiser.export.transposed_convolutions import make_plain

    rng = np.random.default_rng(0)
    pictures = rng.uniform(-1, 1, (2, *model.input_shape[1:])).astype(np.float32)
    # This call is also what makes the model ready for its export.
    expected = [
        keras.ops.convert_to_numpy(output)
        for output in keras.tree.flatten(model(pictures, training=False))
    ]
    signature = [keras.InputSpec("float32", (None, *pictures.shape[1:]), name="blurred")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "exported.onnx"
        model.export(path, format="onnx", verbose=False, input_signature=signature)
        network = onnx.load(path)
        make_plain(network)
        onnx.helper.set_model_props(network, metadata)
        sealed = seal(network.SerializeToString())
        path.write_bytes(sealed)
        _compare(path, pictures, expected)
    return sealed


def _compare(path: Path, pictures: np.ndarray, expected: list[np.ndarray]) -> None:
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    results = session.run(None, {"blurred": pictures})
    difference = max(
        float(np.abs(result - wanted).max())
        for result, wanted in zip(results, expected, strict=True)
    )
    if not difference <= LARGEST_DIFFERENCE:  # also where it is not a number
        raise CheckpointError(
            f"the exported network differs from the trained one by {difference:.2g}; not written"
        )
