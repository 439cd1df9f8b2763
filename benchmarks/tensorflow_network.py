"""A network as TensorFlow runs it, a picture at a time, and how much it has to compute."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.ratios import seconds
from cnn_denoiser.model_files.shipped import shipped_model_folder

if TYPE_CHECKING:
    import keras


@contextmanager
def tensorflow_process(model: str) -> Iterator[Connection]:
    """Load a shipped network into TensorFlow, in another process.

    It first sends the floating-point operations of a picture, and then, for everything that it is
    sent, the seconds that one picture takes.
    """
    context = multiprocessing.get_context("spawn")
    connection, other_end = context.Pipe()
    process = context.Process(target=_serve_tensorflow, args=(other_end, model), daemon=True)
    process.start()
    other_end.close()
    try:
        yield connection
    finally:
        connection.close()
        process.join()


def _serve_tensorflow(connection: Connection, model: str) -> None:
    os.environ["KERAS_BACKEND"] = "tensorflow"
    from cnn_denoiser.model_definitions.keras_backend import load_keras

    load_keras()
    import tensorflow

    from cnn_denoiser.model_definitions import create_model
    from cnn_denoiser.model_files.model_folder import load_weights

    network = create_model(model)
    load_weights(shipped_model_folder(model), network)
    picture = tensorflow.zeros((1, *network.input_shape[1:]))
    # The picture alone of a network that reads, too.
    call = tensorflow.function(lambda x: tensorflow.nest.flatten(network(x, training=False))[0])
    call(picture)
    connection.send(2 * multiplications(network))
    while True:
        try:
            connection.recv()
        except EOFError:
            return
        connection.send(seconds(lambda: [call(picture).numpy() for _ in range(10)]) / 10)


def multiplications(network: keras.Model) -> int:
    """Return how many numbers a network multiplies in its convolutions to deblur a picture."""
    import keras

    total = 0
    for layer in network.layers:
        if isinstance(layer, keras.layers.Conv2DTranspose):
            height, width = layer.input.shape[1:3]
        elif isinstance(layer, keras.layers.Conv2D):
            height, width = layer.output.shape[1:3]
        else:
            continue
        total += height * width * int(np.prod(layer.kernel.shape))
    return total
