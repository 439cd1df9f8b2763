"""Loads Keras with settings that are ours, and without the pages that TensorFlow prints."""

from __future__ import annotations

import logging
import os

from plumbing.commands.errors import UsageError

BACKENDS = {"tensorflow": "tensorflow", "jax": "jax", "torch": "torch"}  # to package


def load_keras() -> None:
    """Import Keras and its backend; only their errors reach the terminal from then on.

    The backend is TensorFlow or what the environment variable KERAS_BACKEND names; a user's own
    keras.json has no effect. Raises `UsageError` where the backend is unknown or not installed.
    """
    backend = os.environ.get("KERAS_BACKEND") or "tensorflow"
    if backend not in BACKENDS:
        raise UsageError(f"KERAS_BACKEND must be one of {', '.join(BACKENDS)}. Received: {backend}")
    os.environ["KERAS_BACKEND"] = backend  # goes before keras.json
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # The first lines come from C++ before that setting is obeyed: close their way out meanwhile.
    terminal = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        import keras
    except ModuleNotFoundError as error:
        if error.name != BACKENDS[backend]:
            raise
        raise UsageError(
            f"{backend}, which is to compute, is not installed: run pip install {error.name}, or "
            "have KERAS_BACKEND name another one"
        ) from error
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)
        os.close(nowhere)
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
    keras.config.set_epsilon(1e-7)
    keras.config.set_dtype_policy("float32")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
