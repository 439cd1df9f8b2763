"""Loads Keras without the pages that TensorFlow prints about itself at every start."""

from __future__ import annotations

import logging
import os


def load_keras() -> None:
    """Import Keras and its backend; only their errors reach the terminal from then on."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # The first lines come from C++ before that setting is obeyed: close their way out meanwhile.
    terminal = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        import keras  # noqa: F401
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)
        os.close(nowhere)
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
