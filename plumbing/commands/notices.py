"""What commands say on stderr: `logging`, a line a notice, under the command's name."""

from __future__ import annotations

import logging
import sys

_PREFIXES = {logging.WARNING: "warning: ", logging.ERROR: "error: ", logging.CRITICAL: "error: "}
_PACKAGES = ("plumbing", "blurrer", "plates", "cnn_denoiser")


def set_up_notices(prog: str) -> None:
    """Have everything that the project's packages log written to stderr. For commands only."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _Handler)]:
        root.removeHandler(handler)
    root.addHandler(_Handler(prog))
    for package in _PACKAGES:
        logging.getLogger(package).setLevel(logging.INFO)


def printable(text: object) -> str:
    r"""Write a text so that it stays on its line: as \n, \x1b, \udcff what cannot be printed."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
        for letter in str(text)
    )


class _Handler(logging.Handler):
    """Writes records to stderr as it is at that moment, above a progress bar if there is one."""

    def __init__(self, prog: str) -> None:
        super().__init__()
        self._prog = prog

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        prefix = _PREFIXES.get(record.levelno, "")
        line = f"{self._prog}: {prefix}{printable(record.getMessage())}"
        bars = sys.modules.get("tqdm")
        if bars is not None:
            bars.tqdm.write(line, file=sys.stderr)
        else:
            print(line, file=sys.stderr)
