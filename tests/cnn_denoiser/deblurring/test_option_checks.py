"""Options that can have no effect."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from tests.conftest import Command
from tests.helpers.bursts import plate_frame
from tests.helpers.plain_pictures import names
from tests.helpers.videos import write_video


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--fuse", "best"), "--fuse has no meaning without --group"),
        (("--every", "2"), "--every has no meaning without --group"),
        (("--every", "2", "--group", "folder"), "--every is of videos, and no SRC is one"),
    ],
)
def test_options_of_groups_that_have_no_effect_are_refused(
    deblur: Command, source: Path, tmp_path: Path, options: tuple[str, ...], reason: str
) -> None:
    done = deblur(source, tmp_path / "out", *options)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert reason in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_share_without_the_video_takes_its_options(deblur: Command, tmp_path: Path) -> None:
    frames = [cv2.cvtColor(plate_frame(1), cv2.COLOR_GRAY2BGR)] * 3
    video = write_video(tmp_path / "plate.avi", frames)
    options = ("--group", "folder", "--every", "2")
    done = [deblur(video, tmp_path / "out", *options, "--shard", f"{n}/2") for n in (1, 2)]
    assert [one.returncode for one in done] == [0, 0]
    assert names(tmp_path / "out") == ["plate.png"]
