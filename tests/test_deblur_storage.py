"""Pictures and results in object storage, by a real server on this machine, with faults."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Command
from tests.helpers.object_server import BUCKET, Faults, faulty_server
from tests.helpers.plain_pictures import names, plain_picture

fsspec = pytest.importorskip("fsspec")
pytest.importorskip("s3fs")
moto_server = pytest.importorskip("moto.server")


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    """Run object storage; give its port."""
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield server.get_host_and_port()[1]
    server.stop()


@pytest.fixture
def faults(server: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Faults]:
    """Have s3:// lead to the server, past one that injects faults."""
    faults = Faults()
    with faulty_server(server, faults) as port:
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "no_proxy": "*",
        }.items():
            monkeypatch.setenv(name, value)
        yield faults


@pytest.fixture
def bucket(faults: Faults) -> Iterator[str]:
    """Make a bucket of its own for a test; give its URL."""
    name = f"{BUCKET}-{uuid.uuid4().hex[:12]}"
    system = fsspec.filesystem("s3", skip_instance_cache=True)
    system.mkdir(name)
    yield f"s3://{name}"


@pytest.fixture
def system(bucket: str) -> fsspec.AbstractFileSystem:
    return fsspec.filesystem("s3", skip_instance_cache=True, use_listings_cache=False)


@pytest.fixture
def stored(source: Path, bucket: str, system: fsspec.AbstractFileSystem) -> str:
    """Put four pictures, an empty one and a text in a bucket; give their URL."""
    (source / "day").mkdir()
    plain_picture((200, 80)).save(source / "day" / "车牌 3.jpg")
    (source / "empty.png").touch()
    (source / "notes.txt").write_text("no picture")
    for name in names(source):
        system.pipe_file(f"{bucket}/in/{name}", (source / name).read_bytes())
    return f"{bucket}/in"


def contents(system: fsspec.AbstractFileSystem, url: str) -> dict[str, bytes]:
    top = url.removeprefix("s3://") + "/"
    return {name.removeprefix(top): system.cat_file(name) for name in system.find(url)}


def files(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names(folder)}


def test_from_and_to_object_storage_as_on_a_disk(
    deblur: Command,
    source: Path,
    stored: str,
    bucket: str,
    system: fsspec.AbstractFileSystem,
    tmp_path: Path,
) -> None:
    plain = deblur(source, tmp_path / "plain", "--recursive")
    report = tmp_path / "r.json"
    page = tmp_path / "r.html"
    reports = ("--report", report, "--report", page)
    finished = deblur(stored, f"{bucket}/out/", "--recursive", *reports)
    assert finished.returncode == plain.returncode == 1
    assert finished.stderr == plain.stderr.replace(str(source), stored)
    assert "4 of 5 pictures deblurred" in finished.stdout and "1 other file" in finished.stdout
    expected = files(tmp_path / "plain")
    assert contents(system, f"{bucket}/out") == expected and len(expected) == 4
    rows = {row["source"]: row for row in json.loads(report.read_text())["pictures"]}
    assert rows[f"{stored}/day/车牌 3.jpg"]["output"] == f"{bucket}/out/day/车牌 3.jpg"
    assert f'href="{stored}/day/%E8%BD%A6%E7%89%8C%203.jpg"' in page.read_text("utf-8")
    # One side alone.
    deblur(stored, tmp_path / "fetched", "--recursive")
    assert files(tmp_path / "fetched") == expected
    deblur(source, f"{bucket}/sent", "--recursive")
    assert contents(system, f"{bucket}/sent") == expected
    single = deblur(f"{stored}/0.png", f"{bucket}/one.webp")
    assert single.returncode == 0
    assert system.exists(f"{bucket}/one.webp")


def test_existing_results_are_known_from_one_listing(
    deblur: Command, stored: str, bucket: str, system: fsspec.AbstractFileSystem, faults: Faults
) -> None:
    deblur(stored, f"{bucket}/out")
    system.pipe_file(f"{bucket}/out/1.png", b"stands already")
    faults.requests.clear()
    skipped = deblur(stored, f"{bucket}/out", "--existing", "skip")
    assert "3 skipped" in skipped.stdout
    assert system.cat_file(f"{bucket}/out/1.png") == b"stands already"
    assert [method for method, _ in faults.requests].count("PUT") == 0
    assert not any(path.startswith("/plates") and "0.png" in path for _, path in faults.requests)
    refused = deblur(stored, f"{bucket}/out", "--existing", "error")
    assert refused.returncode == 2
    assert f"{bucket}/out/0.png and 2 more exist already" in refused.stderr
    assert deblur(stored, f"{bucket}/out").returncode == 1  # the empty one
    assert system.cat_file(f"{bucket}/out/1.png") == system.cat_file(f"{bucket}/out/0.png")


def test_a_small_picture_takes_one_request(
    deblur: Command, stored: str, tmp_path: Path, faults: Faults
) -> None:
    faults.requests.clear()
    deblur(stored, tmp_path / "out", "--report", tmp_path / "r.json")
    asked = [path for method, path in faults.requests if path.partition("?")[0].endswith("/0.png")]
    assert len(asked) == 1


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["error", "slow", "cut", "lost"])
def test_faults_now_and_then_change_nothing(
    deblur: Command,
    source: Path,
    stored: str,
    bucket: str,
    system: fsspec.AbstractFileSystem,
    tmp_path: Path,
    faults: Faults,
    fault: str,
) -> None:
    deblur(source, tmp_path / "plain", "--recursive")
    faults.fails = lambda method, path, number: fault if number % 3 == 1 else None
    finished = deblur(stored, f"{bucket}/out", "--recursive")
    assert faults.happened.count(fault) >= 3
    faults.fails = Faults().fails
    assert "4 of 5 pictures deblurred" in finished.stdout
    assert contents(system, f"{bucket}/out") == files(tmp_path / "plain")


@pytest.mark.slow
def test_from_and_to_object_storage_on_ray(
    run_command: Command,
    deblur: Command,
    negative_folder: Path,
    source: Path,
    stored: str,
    bucket: str,
    system: fsspec.AbstractFileSystem,
    tmp_path: Path,
) -> None:
    pytest.importorskip("ray")
    deblur(source, tmp_path / "plain", "--recursive")
    for options, told in [((), "4 of 5 pictures"), (("--existing", "skip"), "4 skipped")]:
        finished = run_command(
            "-m", "cnn_denoiser.deblur_on_ray", stored, f"{bucket}/out", "--recursive",
            "--workers", 2, "--checkpoint", negative_folder, *options,
        )  # fmt: skip
        assert finished.returncode == 1 and told in finished.stdout
        assert finished.stderr.count("\n") == 1
        assert contents(system, f"{bucket}/out") == files(tmp_path / "plain")


@pytest.mark.slow
def test_what_never_answers_fails_by_name(
    deblur: Command, stored: str, bucket: str, system: fsspec.AbstractFileSystem, faults: Faults
) -> None:
    faults.fails = lambda method, path, number: (
        "error" if method == "PUT" and path.partition("?")[0].endswith("out/1.png") else None
    )
    finished = deblur(stored, f"{bucket}/out")
    faults.fails = Faults().fails
    assert finished.returncode == 1
    assert f"{stored}/1.png: " in finished.stderr
    assert "2 of 4 pictures deblurred" in finished.stdout
    unwritable = deblur(f"{stored}/0.png", "http://127.0.0.1:9/out")
    assert unwritable.returncode == 1 and unwritable.stderr.count("\n") == 1
    assert sorted(contents(system, f"{bucket}/out")) == ["0.png", "2.png"]


def test_what_cannot_be_is_told_in_a_line(
    deblur: Command, stored: str, bucket: str, source: Path, tmp_path: Path
) -> None:
    for arguments, code, told in [
        ((f"{bucket}/nothing", tmp_path / "out"), 3, "no pictures in"),
        (("s3://no-such-bucket-here", tmp_path / "out"), 3, "no pictures in"),
        ((stored, stored), 2, "are the same place"),
        ((stored + "/0.png", f"{stored}/0.png"), 2, "would take the place of a source"),
        (("s3://", tmp_path / "out"), 2, "names no bucket"),
        (("unheard://of/it", tmp_path / "out"), 2, "unheard"),
        ((f"{bucket}/x.tar", tmp_path / "out"), 2, "on a disk only"),
    ]:
        finished = deblur(*arguments)
        assert finished.returncode == code, (arguments, finished.stderr)
        assert told in finished.stderr + finished.stdout
        assert "Traceback" not in finished.stderr
        assert not (tmp_path / "out").exists()
