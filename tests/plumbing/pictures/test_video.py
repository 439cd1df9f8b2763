from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from plumbing.pictures.codec import load_picture, read_picture
from plumbing.pictures.errors import PictureError
from plumbing.pictures.video import VideoFrame, is_video, read_video
from tests.helpers.videos import write_video


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Make a video of seven frames of 160x54, each all of one grey: 20, 40, 60 ..."""
    frames = [np.full((54, 160, 3), 20 + 20 * number, np.uint8) for number in range(7)]
    return write_video(tmp_path / "plate.avi", frames)


def greys(frames: list[VideoFrame]) -> list[float]:
    return [float(read_picture(frame).mean()) for frame in frames]


def test_frames_come_in_order(video: Path) -> None:
    frames = list(read_video(video))
    assert greys(frames) == pytest.approx([20, 40, 60, 80, 100, 120, 140], abs=3)
    assert [frame.number for frame in frames] == list(range(7))
    assert load_picture(frames[0]).size == (160, 54)
    assert str(frames[3]) == f"{video}#3"


def test_every_third_frame(video: Path) -> None:
    assert greys(list(read_video(video, 3))) == pytest.approx([20, 80, 140], abs=3)


def test_a_frame_without_data_is_read_again(video: Path) -> None:
    frames = [frame.without_data() for frame in read_video(video, 3)]
    assert [frame.data for frame in frames] == [None, None, None]
    assert greys(frames) == pytest.approx([20, 80, 140], abs=3)


def test_a_frame_that_is_no_longer_there(video: Path) -> None:
    with pytest.raises(PictureError, match="no longer there"):
        read_picture(VideoFrame(video, 99))


def test_a_video_is_known_by_its_content(video: Path, tmp_path: Path) -> None:
    renamed = video.rename(tmp_path / "noname")
    assert is_video(renamed)
    assert len(list(read_video(renamed))) == 7
    picture = tmp_path / "picture.mp4"
    picture.write_bytes(b"\xff\xd8\xff\xe0" + bytes(300))
    avif = tmp_path / "still.mp4"
    avif.write_bytes(b"\0\0\0\x20ftypavif" + bytes(300))
    playlist = tmp_path / "list.m3u8"
    playlist.write_text(f"#EXTM3U\n#EXTINF:1,\n{renamed}\n")
    for path in (picture, avif, playlist, tmp_path, tmp_path / "missing"):
        assert not is_video(path)
        with pytest.raises(PictureError):
            list(read_video(path))


def test_names_are_neither_addresses_nor_patterns(video: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("file:x", "%03d", "a b ü 粤"):
        os.link(video, name)
        assert len(list(read_video(Path(name)))) == 7


def test_large_frames_are_refused_before_they_are_decoded(video: Path) -> None:
    with pytest.raises(PictureError, match="too large: a video of 160x54"):
        next(read_video(video, max_pixels=8000))


def test_pipes_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(PictureError, match="named pipe"):
        next(read_video(tmp_path / "pipe.mp4"))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_a_truncated_video_ends_early_and_says_nothing(
    share: float, video: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    content = video.read_bytes()
    video.write_bytes(content[: int(share * len(content))])
    try:
        assert len(list(read_video(video))) <= 7
    except PictureError as error:
        assert "cannot be decoded" in str(error)
    assert capfd.readouterr().err == ""
