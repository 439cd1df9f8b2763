"""Archives as SRC and DST, through the command."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from tests.conftest import Command
from tests.helpers.plain_pictures import names, plain_picture


@pytest.fixture
def archive(source: Path, tmp_path: Path) -> Path:
    """Pack a tree of pictures, with a text and an empty picture."""
    (source / "day").mkdir()
    plain_picture((200, 80)).save(source / "day" / "车牌 3.jpg")
    (source / "empty.png").touch()
    (source / "notes.txt").write_text("no picture")
    (source / "nameless").write_bytes((source / "0.png").read_bytes())
    path = tmp_path / "in.tar"
    with tarfile.open(path, "w") as tar:
        tar.add(source, ".")
    return path


def members(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        return {
            member.name: tar.extractfile(member).read()  # type: ignore[union-attr]
            for member in tar.getmembers()
        }


def files(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names(folder)}


def test_an_archive_is_as_the_folder_in_it(
    deblur: Command, source: Path, archive: Path, tmp_path: Path
) -> None:
    plain = deblur(source, tmp_path / "plain", "--recursive", "--report", tmp_path / "r.html")
    expected = files(tmp_path / "plain")
    assert len(expected) == 5
    packed = deblur(archive, tmp_path / "out.tar", "--recursive", "--report", tmp_path / "r.html")
    assert packed.returncode == plain.returncode == 1
    assert packed.stderr == plain.stderr.replace(str(source), str(archive))
    assert members(tmp_path / "out.tar") == expected
    deblur(archive, tmp_path / "unpacked", "--recursive")
    assert files(tmp_path / "unpacked") == expected
    flat = deblur(archive, tmp_path / "flat")
    assert "1 sub-folder passed over" in flat.stdout
    assert len(names(tmp_path / "flat")) == 4


def test_a_run_goes_on_in_its_archive(deblur: Command, archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.tar"
    deblur(archive, out, "--limit", "2")
    before = members(out)
    assert len(before) == 2
    rest = deblur(archive, out, "--existing", "skip")
    assert "2 skipped" in rest.stdout
    assert len(members(out)) == 4 and members(out).items() >= before.items()
    refused = deblur(archive, out, "--existing", "error")
    assert refused.returncode == 2 and f"{out}/0.png and 3 more exist" in refused.stderr


def test_names_that_lead_out_of_the_folder_are_refused(deblur: Command, tmp_path: Path) -> None:
    picture = io.BytesIO()
    plain_picture((120, 40)).save(picture, "png")
    with tarfile.open(tmp_path / "in.tar", "w") as tar:
        for name in (
            "../escaped.png",
            "/absolute.png",
            "a/../../escaped.png",
            "a//b.png",
            "good.png",
        ):
            info = tarfile.TarInfo(name)
            info.size = len(picture.getvalue())
            tar.addfile(info, io.BytesIO(picture.getvalue()))
    finished = deblur(tmp_path / "in.tar", tmp_path / "deep" / "out", "--recursive")
    assert finished.returncode == 1
    assert finished.stderr.count("its name cannot be a path elsewhere") == 4
    assert names(tmp_path / "deep") == ["out/good.png"]
    assert not (tmp_path / "escaped.png").exists()


def test_what_cannot_be_is_told_in_a_line(deblur: Command, archive: Path, tmp_path: Path) -> None:
    (tmp_path / "text.tar").write_text("no archive")
    (tmp_path / "cut.tar").write_bytes(archive.read_bytes()[:3000])
    out = tmp_path / "out"
    for arguments, code, told in [
        ((archive, archive), 2, "are the same place"),
        ((tmp_path / "text.tar", out), 2, "is no archive, or a compressed one"),
        ((tmp_path / "missing.tar", out), 2, "does not exist"),
        ((archive, tmp_path / "missing" / "out.tar"), 2, "there is no folder"),
        ((tmp_path / "cut.tar", out, "--recursive"), 1, "cut.tar: the archive is damaged"),
    ]:
        before = archive.read_bytes()
        finished = deblur(*arguments)
        assert (finished.returncode, told in finished.stderr) == (code, True), finished.stderr
        assert "Traceback" not in finished.stderr
        assert archive.read_bytes() == before


def test_an_archive_that_cannot_be_added_to_is_refused_before_any_work(
    deblur: Command, source: Path, archive: Path, tmp_path: Path
) -> None:
    whole = archive.read_bytes()
    with tarfile.open(tmp_path / "link.tar", "w") as tar:
        link = tarfile.TarInfo("link.png")
        link.type, link.linkname = tarfile.SYMTYPE, "0.png"
        tar.addfile(link)
    last = 512 * (whole.rindex(b"ustar") // 512)
    for content, told in [
        (b"", "is no archive, or a compressed one"),
        (b"\x1f\x8b" + bytes(600), "is no archive, or a compressed one"),
        (b"no archive" * 100, "is no archive, or a compressed one"),
        (whole.rstrip(b"\0")[:-700], "the archive is damaged"),
        (whole[:last] + b"\xff" * 512 + whole[last + 512 :], "the archive is damaged"),
        ((tmp_path / "link.tar").read_bytes(), "holds links or other members"),
    ]:
        out = tmp_path / "out.tar"
        out.write_bytes(content)
        for sources in ([source], [source / "0.png"]):
            report = tmp_path / "report.json"
            refused = deblur(*sources, out, "--report", report)
            assert (refused.returncode, refused.stdout) == (2, ""), refused.stderr
            assert told in refused.stderr and "cannot be added to it" in refused.stderr
            assert refused.stderr.count("\n") == 1
            assert out.read_bytes() == content and not report.exists()
