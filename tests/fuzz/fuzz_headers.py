"""Coverage-guided fuzzing of reading pictures; run by hand, not collected by pytest.

    pip install atheris
    python tests/fuzz/fuzz_headers.py CORPUS -max_total_time=1800 -max_len=20000

CORPUS is a folder of files to begin with: those in tests/data/pictures, for one. Whatever the bytes
are, a picture comes back or a PictureError is raised.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

with atheris.instrument_imports(include=["plumbing"]):
    from plumbing.pictures.codec import PictureError, load_picture, picture_size
    from plumbing.pictures.formats.foreign import name_kind
    from plumbing.pictures.formats.signatures import recognise

MOST_PIXELS = 200_000

memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
path = Path(tempfile.mkdtemp(dir=memory)) / "picture"


def read(data: bytes) -> None:
    """Read bytes as a picture. Raises what is no PictureError."""
    path.write_bytes(data)
    size = picture_size(path)
    if recognise(data[:16]) is None:
        name_kind(data[:512])
    try:
        loaded = load_picture(path, MOST_PIXELS)
    except PictureError as error:
        assert str(error) and "\n" not in str(error), repr(error)
        return
    assert loaded.size == size
    assert loaded.pixels.shape == (size[1], size[0], 3), (loaded.pixels.shape, size)
    assert loaded.pixels.dtype == "uint8"


if __name__ == "__main__":
    atheris.Setup(sys.argv, read)
    atheris.Fuzz()
