"""Groups of frames that deblurring is measured on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from cnn_denoiser.evaluation.group_sets import (
    COUNTS,
    GroupSet,
    count_fitting,
    draw_bursts,
    find_repeats,
    join_groups,
)
from cnn_denoiser.evaluation.measurement import Restored
from cnn_denoiser.evaluation.options import read_command_line
from cnn_denoiser.evaluation.picture_sets import PictureSet
from plumbing.commands.errors import UsageError
from plumbing.pictures.codec import read_picture, write_picture
from plumbing.pictures.frame import to_frame
from tests.cnn_denoiser.evaluation.test_command import COMMAND, needs_engine
from tests.helpers.bursts import burst, plate_frame
from tests.helpers.reading_network import reading_of


def nothing() -> None:
    pass


def labelled(labels: list[str | None]) -> PictureSet:
    frames = np.stack([plate_frame(index) for index in range(len(labels))])
    names = [f"{index}.png" for index in range(len(labels))]
    return PictureSet("labelled", "plates", names, list(frames), frames, None, labels, names)


def test_plates_of_the_same_letters_and_digits_are_one_group() -> None:
    found = find_repeats(labelled(["京A12345", "沪B1", "*A12345", None, "京A1234*", "京A12345"]))
    assert found.pictures.names == ["0.png"]
    assert found.pictures.labels == ["京A12345"]
    assert np.array_equal(found.groups[0], np.stack([plate_frame(n) for n in (0, 2, 5)]))


def test_the_letters_that_plates_do_not_have_are_the_digits_they_look_like() -> None:
    found = find_repeats(labelled(["京AO1234", "京AI1234", "京A01234"]))
    assert [len(frames) for frames in found.groups] == [2]
    assert np.array_equal(found.groups[0], np.stack([plate_frame(n) for n in (0, 2)]))


def test_no_plate_appears_twice() -> None:
    assert find_repeats(labelled(["京A12345", "京A12346"])).groups == []


def test_bursts_are_the_beginnings_of_the_longest_ones() -> None:
    sets = draw_bursts(2, 7, nothing)
    assert [len(groups.groups[0]) for groups in sets] == list(COUNTS)
    for groups in sets:
        for index, frames in enumerate(groups.groups):
            assert np.array_equal(frames, sets[-1].groups[index][: len(frames)])
            assert np.array_equal(groups.pictures.frames[index], frames[0])
    assert not np.array_equal(sets[0].groups[0], draw_bursts(1, 8, nothing)[0].groups[0])


def negative(frames: np.ndarray) -> Restored:
    return Restored(255 - frames)


def negative_that_reads(frames: np.ndarray) -> Restored:
    """Read a wrong last character in the first frame of a group, and surely the right one after."""
    readings = [reading_of("京A12340", [0.99] * 6 + [0.6])]
    readings += [reading_of("京A12345", [0.99] * 7) for _ in frames[1:]]
    return Restored(255 - frames, readings[: len(frames)])


def test_a_group_is_joined_in_each_way() -> None:
    frames = [np.stack([frame.blurred for frame in burst(seed, 3, level=10)]) for seed in (1, 2)]
    groups = GroupSet(labelled(["京A12345", "京B12345"]), frames, [list(group) for group in frames])
    outputs = join_groups(groups, {"negative": negative}, nothing)
    assert list(outputs) == ["negative, one frame", "negative, sharpest", "negative, fused"]
    assert all(joined.readings is None for joined in outputs.values())
    for index in range(2):
        one, sharpest, fused = (joined.pictures[index] for joined in outputs.values())
        assert np.array_equal(one, 255 - frames[index][0])
        assert any(np.array_equal(sharpest, 255 - frame) for frame in frames[index])
        assert not any(np.array_equal(fused, 255 - frame) for frame in frames[index])
    assert count_fitting(groups, negative) == (
        "Of 2 pairs of frames of one plate, 2 fit each other; of 1 pairs of two plates, 0."
    )


def test_the_frames_of_a_group_are_read_together() -> None:
    frames = np.stack([frame.blurred for frame in burst(1, 3, level=10)])
    outputs = join_groups(
        GroupSet(labelled(["京A12345"]), [frames], [list(frames)]),
        {"reader": negative_that_reads},
        nothing,
    )
    texts = {
        way: [reading.text for reading in joined.readings or ()] for way, joined in outputs.items()
    }
    assert texts["reader, one frame"] == ["京A12340"]
    assert texts["reader, fused"] == ["京A12345"]
    assert len(texts["reader, sharpest"]) == 1  # what the one frame says that is used


def test_what_is_made_of_a_group_has_the_colours_of_the_frame_that_it_lies_on() -> None:
    frames = np.stack([frame.blurred for frame in burst(1, 3, level=10)])
    tints = ((60, 0, 0), (0, 30, 0), (0, 0, 60))
    sources = [
        np.clip(frame[..., np.newaxis] // 2 + np.array(tint), 0, 255).astype(np.uint8)
        for frame, tint in zip(frames, tints, strict=True)
    ]
    groups = GroupSet(labelled(["京A12345"]), [frames], [sources])
    outputs = join_groups(groups, {"negative": negative}, nothing)
    one, sharpest, _ = (joined.pictures[0] for joined in outputs.values())
    assert np.argmax(one.mean(axis=(0, 1))) == 0
    of = [np.abs(to_frame(sharpest) - (255.0 - frame)).mean() for frame in frames]
    assert np.argmax(sharpest.mean(axis=(0, 1))) == np.argmin(of)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--synthetic", "3"], "needs a network"),
        (["--synthetic", "3", "--model", "unet", "--profile", "main"], "no --profile"),
        (["--sharp", ".", "--model", "unet"], "no --sharp"),
    ],
)
def test_options_that_do_not_fit_groups_are_refused(arguments: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_command_line(["--groups", *arguments], "evaluate.py", "")


@needs_engine
def test_groups_are_measured_in_one_call(
    run_command, negative_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "plates"
    folder.mkdir()
    rows = ["file,label"]
    for index, frame in enumerate(burst(1, 2, level=10)):
        write_picture(folder / f"{index}.png", frame.blurred)
        rows.append(f"{index}.png,京A12345")
    (folder / "labels.csv").write_text("\n".join(rows), encoding="utf-8")
    results, sheets = tmp_path / "results.json", tmp_path / "sheets"
    call = (COMMAND, "--groups", "--checkpoint", negative_folder, "--engine", "rapidocr")
    done = run_command(
        *(*call, "--labelled", folder, "--synthetic", 2, "--json", results, "--sheet", sheets)
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(results.read_text(encoding="utf-8"))
    assert [len(one["methods"]) for one in told] == [4, 2, 4, 4, 4, 4]
    assert f"{negative_folder}, fused" in done.stdout
    assert read_picture(sheets / "synthetic-bursts-10.png").shape[1] > 3 * 270
    (folder / "labels.csv").write_text("\n".join(rows[:2]), encoding="utf-8")
    done = run_command(*call, "--labelled", folder)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        3,
        f"evaluate.py: error: {folder}: no plate appears more than once",
    )
