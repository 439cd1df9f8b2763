from __future__ import annotations

from pathlib import Path

import pytest

from blurrer import list_profiles
from cnn_denoiser.evaluation.options import EvaluationOptions, read_command_line
from plumbing.commands.errors import UsageError


def read(*arguments: str) -> EvaluationOptions:
    return read_command_line(list(arguments), "evaluate.py", "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "labels.csv").write_text("file,label\n")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing to measure on"),
        (["--sharp"], "expected one argument"),
        (["--sharp", ""], "is empty; is a variable unset?"),
        (["--sharp", "nowhere"], "nowhere is not a folder"),
        (["--sharp", "{0}", "--profile", "fog"], "invalid choice: 'fog'"),
        (["--sharp", "{0}", "--engine", "eye"], "invalid choice: 'eye'"),
        (["--labelled", "{0}", "--profile", "main"], "--profile belongs to --sharp"),
        (["--sharp", "{0}", "--seed", "-1"], "from 0 to"),
        (["--sharp", "{0}", "--seed", "99999999999999999999"], "from 0 to"),
        (["--synthetic", "0"], "from 1 to"),
        (["--synthetic", "1000000"], "from 1 to 10000"),
        (["--synthetic", "ten"], "from 1 to"),
        (["--sharp", "{0}", "--set", "x"], "--set belongs to --labelled"),
        (["--sharp", "{0}", "--outputs", "x={0}"], "--outputs belongs to --labelled"),
        (["--labelled", "{0}", "--outputs", "{0}"], "takes NAME=DIR"),
        (["--labelled", "{0}", "--outputs", "x=nowhere"], "nowhere is not a folder"),
        (["--labelled", "{0}", *["--outputs", "x={0}"] * 2], "a different NAME"),
        (["--labelled", "{0}", "--labels", "nowhere.csv"], "no labels at nowhere.csv"),
        (["--labelled", "{0}/nowhere"], "nowhere is not a folder"),
    ],
)
def test_wrong_usage_says_what_is_wrong(folder: Path, arguments: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(*(argument.format(folder) for argument in arguments))
    assert message in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_labels_and_profiles_have_defaults(folder: Path) -> None:
    options = read("--labelled", str(folder))
    assert options.labels_file == folder / "labels.csv"
    assert options.profiles == tuple(list_profiles()[:1])
    assert options.engine == ()


def test_options_are_written_with_dashes_or_underscores_and_repeated() -> None:
    options = read("--synthetic", "3", "--engine", "rapidocr", "--engine=agentclpr", "--markdown")
    assert options.engine == ("rapidocr", "agentclpr") and options.markdown
    again = read("--synthetic=3", *["--profile", "main"] * 2, "--sheet", "x.PNG")
    assert again.profiles == ("main",) and again.one_sheet
