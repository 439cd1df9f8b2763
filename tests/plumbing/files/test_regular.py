from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from plumbing.files.regular import open_regular_file


def test_regular_files_and_links_to_them_are_opened(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "link").symlink_to("file")
    for name in ("file", "link"):
        with open_regular_file(tmp_path / name) as file:
            assert file.read() == b"content"


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither")
def test_an_error_names_the_file_and_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        monkeypatch.chdir(tmp_path)  # names of sockets are short
        server.bind("socket")
        for name, reason in (
            ("pipe", "not a file, but a named pipe"),
            ("socket", "not a file, but a socket"),
            (".", "not a file, but a folder"),
            ("missing", "No such file or directory"),
        ):
            with pytest.raises(OSError) as raised:
                open_regular_file(tmp_path / name)
            assert raised.value.strerror == reason
            assert raised.value.filename in (tmp_path / name, str(tmp_path / name))
    with pytest.raises(OSError, match="not a file, but a device"):
        open_regular_file("/dev/null")
