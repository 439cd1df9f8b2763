from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from cnn_denoiser.deblurring.command_line import parse_options
from cnn_denoiser.deblurring.settings_given import settings_given, that_shape_results

PATHS = ["in", "out"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--group", r"(.+)_\d+ 'x' $HOME"],
        ["--group=--size 2x"],
        ["--size", "2x", "--grey", "--shard", "1/3", "--read"],
        ["--existing", "skip", "--on-warning", "fail"],
    ],
)
def test_it_may_stand_on_a_command_line(arguments: list[str]) -> None:
    options = parse_options("moussaka", [*PATHS, *arguments])
    again = parse_options("moussaka", [*PATHS, *shlex.split(settings_given(options))])
    assert again == options


def test_paths_and_defaults_are_left_out() -> None:
    options = parse_options("moussaka", [*PATHS, "--size", "model", "--compare", "pairs"])
    assert options.compare == Path("pairs")
    assert settings_given(options) == "the defaults"


def test_options_that_shape_results_are_told_from_the_others() -> None:
    assert that_shape_results("the defaults") == that_shape_results("--jobs 3 --quiet") == []
    assert that_shape_results("--shard 1/2 --group='--jobs 3' --size 2x") == [
        ["--group=--jobs 3"],
        ["--size", "2x"],
    ]
    with pytest.raises(ValueError, match="no option in front of nonsense"):
        that_shape_results("nonsense")
