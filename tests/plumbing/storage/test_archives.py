from __future__ import annotations

import errno
import io
import os
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from plumbing.commands.errors import UsageError
from plumbing.storage.archives import Archive, NewArchive
from plumbing.storage.stored import SMALL


def add(
    tar: tarfile.TarFile, name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE
) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.type = len(content), kind
    info.linkname = "elsewhere" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
    tar.addfile(info, io.BytesIO(content))


@pytest.fixture(params=[tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Write an archive in one of the formats of tar."""
    path = tmp_path / "plates.tar"
    with tarfile.open(path, "w", format=request.param) as tar:
        add(tar, ".", kind=tarfile.DIRTYPE)
        add(tar, "./车牌.png", b"first")
        add(tar, "day/" + "n" * 90 + ".png", b"long")
        add(tar, "day/large.bin", bytes(range(256)) * (SMALL // 128))
        add(tar, "link.png", kind=tarfile.SYMTYPE)
        add(tar, "pipe", kind=tarfile.FIFOTYPE)
        add(tar, "车牌.png", b"second")
        add(tar, "empty.png")
    return path


def test_members_are_read_from_where_they_lie(path: Path) -> None:
    archive = Archive(path)
    assert (archive.damage, archive.others) == ("", 2)
    listed = archive.list(recursive=True)
    assert sorted(listed.files) == sorted(
        ["day/" + "n" * 90 + ".png", "day/large.bin", "empty.png", "车牌.png"]
    )
    flat = archive.list(recursive=False)
    assert (sorted(flat.files), flat.folders) == (["empty.png", "车牌.png"], ["day"])
    with (archive / "车牌.png").open() as file:
        assert file.read() == b"second"
    large = archive / "day/large.bin"
    assert (large.name, large.suffix, str(large)) == ("large.bin", ".bin", f"{path}/day/large.bin")
    with large.open() as file:
        assert file.seek(0, os.SEEK_END) == 2 * SMALL
        file.seek(300)
        assert file.read(4) == bytes([44, 45, 46, 47])
        file.seek(0)
        assert file.read() == bytes(range(256)) * (SMALL // 128)
    with pytest.raises(FileNotFoundError):
        _ = archive / "missing.png"


def test_damage_is_told_and_what_lies_before_it_is_there(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert "damaged" in Archive(path).damage
    assert "车牌.png" in Archive(path)
    without_end = whole.rstrip(b"\0")
    path.write_bytes(without_end + bytes(-len(without_end) % 512))
    assert "its end is missing" in Archive(path).damage
    for content in (b"no archive" * 100, b"\x1f\x8b" + bytes(600)):
        path.write_bytes(content)
        with pytest.raises(UsageError, match="no archive, or a compressed one"):
            Archive(path)


@pytest.mark.parametrize("size", [-5, 2**40, 2**70])
@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
@pytest.mark.parametrize("first", [True, False])
def test_sizes_that_cannot_be_are_damage(
    tmp_path: Path, size: int, kind: bytes, first: bool
) -> None:
    path = tmp_path / "odd.tar"
    with tarfile.open(path, "w") as tar:
        if not first:
            add(tar, "whole.png", b"whole")
    odd = tarfile.TarInfo("odd.png")
    odd.size, odd.type = size, kind
    header = odd.tobuf(tarfile.GNU_FORMAT)
    content = path.read_bytes().rstrip(b"\0")
    content += bytes(-len(content) % tarfile.BLOCKSIZE)
    path.write_bytes(content + header + bytes(2 * tarfile.BLOCKSIZE))
    try:
        archive = Archive(path)
    except UsageError:
        assert first
        return
    assert "damaged" in archive.damage
    assert ("whole.png" in archive) is not first
    if "odd.png" in archive:
        with pytest.raises(OSError, match="ends within it"), (archive / "odd.png").open() as file:
            file.read()


def test_an_archive_is_written_by_many_threads_and_appears_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.tar"
    new = NewArchive(path)
    expected = {f"day {i % 3}/京{i}.png": os.urandom(i * 37) for i in range(200)}
    with new.opened():
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda name: (new / name).write(expected[name]), expected))
        assert not path.exists()
    with tarfile.open(path) as tar:
        assert {name: tar.extractfile(name).read() for name in tar.getnames()} == expected  # type: ignore[union-attr]
    assert path.stat().st_size % tarfile.RECORDSIZE == 0
    assert Archive(path).damage == ""
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.tar"]


def test_what_was_in_an_archive_stays_unless_written_anew(tmp_path: Path) -> None:
    for contents in ({"a": b"old", "b": b"old"}, {"b": b"new", "c": b"new"}):
        new = NewArchive(tmp_path / "out.tar")
        with new.opened():
            for name, content in contents.items():
                (new / name).write(content)
    archive = Archive(tmp_path / "out.tar")
    found = {name: (archive / name).open().read() for name in archive}
    assert found == {"a": b"old", "b": b"new", "c": b"new"}


def test_an_error_leaves_what_is_done(tmp_path: Path) -> None:
    new = NewArchive(tmp_path / "out.tar")
    with pytest.raises(ValueError, match="wrong"), new.opened():
        (new / "a").write(b"done")
        raise ValueError("wrong")
    assert list(Archive(tmp_path / "out.tar")) == ["a"]


def test_nothing_of_a_file_that_did_not_fit_is_in_the_archive(tmp_path: Path) -> None:
    new = NewArchive(tmp_path / "out.tar")

    class Full:
        def __init__(self, file: io.BufferedWriter) -> None:
            self._file = file

        def write(self, data: bytes) -> int:
            self._file.write(data[: len(data) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")

        def __getattr__(self, name: str) -> object:
            return getattr(self._file, name)

    with new.opened():
        (new / "a").write(b"before")
        file = new._file
        new._file = Full(file)  # type: ignore[assignment, arg-type]
        with pytest.raises(OSError, match="No space"):
            (new / "b").write(b"lost" * 1000)
        new._file = file
        (new / "c").write(b"after")
    archive = Archive(tmp_path / "out.tar")
    assert (list(archive), archive.damage) == (["a", "c"], "")
