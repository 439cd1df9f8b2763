from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from plumbing.commands.errors import ExitCode, UsageError
from plumbing.commands.numbers import path, whole_number
from plumbing.commands.options import PrintAndExit, make_parser, option, parse


@dataclass(frozen=True)
class Toy:
    source: Path = option("where from", type=path, positional="SRC")
    count: int = option("how many", type=whole_number(1, 10), metavar="N")
    seed: int = option("of the draws", default=0, type=whole_number(0))
    keep_aspect: bool = option("pads", default=False)
    kind: str = option("which", default="blue", choices=("blue", "green"), group="Look")
    tags: tuple[str, ...] = option("any", default=(), repeatable=True)
    sizes: tuple[int, ...] = option("50 % or so", default=(), type=whole_number(1), many=True)
    fast: bool = option("fast", default=False, excludes="speed")
    slow: bool = option("slow", default=False, excludes="speed")
    share: float = option("", default=0.5, type=float, shown_default="half")
    internal: int = 7


def read(*arguments: str) -> Toy:
    parser = make_parser(Toy, "toy", "A toy.", "The end.")
    return Toy(**parse(Toy, parser, arguments))


def test_what_is_not_given_is_the_dataclasss_default() -> None:
    assert read("a", "--count", "3") == Toy(source=Path("a"), count=3)
    parser = make_parser(Toy, "toy", "")
    assert parse(Toy, parser, ["a", "--count", "3"]) == {"source": Path("a"), "count": 3}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--keep-aspect"], {"keep_aspect": True}),
        (["--keep_aspect"], {"keep_aspect": True}),
        (["--seed=5"], {"seed": 5}),
        (["--kind", "green"], {"kind": "green"}),
        (["--tags", "a_b", "--tags=c_d"], {"tags": ("a_b", "c_d")}),
        (["--tags=--x_y"], {"tags": ("--x_y",)}),
        (["--sizes", "3", "4"], {"sizes": (3, 4)}),
        (["--slow"], {"slow": True}),
    ],
)
def test_options_are_read(arguments: list[str], expected: dict) -> None:
    assert read("a", "--count", "3", *arguments) == Toy(source=Path("a"), count=3, **expected)


@pytest.mark.parametrize("arguments", [["a", "--seed", "2"], ["--seed", "2", "a"]])
def test_options_stand_on_either_side_of_the_others(arguments: Sequence[str]) -> None:
    assert read("--count", "1", *arguments) == Toy(source=Path("a"), count=1, seed=2)


def test_what_follows_two_dashes_is_no_option() -> None:
    assert read("--count", "1", "--", "--odd_name").source == Path("--odd_name")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["a"], "--count"),
        (["--count", "3"], "SRC"),
        (["", "--count", "3"], "is empty"),
        (["a", "b", "--count", "3"], "b"),
        (["a", "--count", "0"], "'0'"),
        (["a", "--count", "11"], "from 1 to 10"),
        (["a", "--count"], "expected one argument"),
        (["a", "--cou", "3"], "--cou"),
        (["a", "--count", "3", "--kind", "red"], "blue"),
        (["a", "--count", "3", "--nonsense"], "--nonsense"),
        (["a", "--count", "3", "--fast", "--slow"], "not allowed with"),
        (["a", "--count", "3", "--internal", "1"], "--internal"),
        (["a", "--count", "3", "--fast=yes"], "yes"),
    ],
)
def test_wrong_usage_is_an_error_of_one_line(arguments: list[str], reason: str) -> None:
    with pytest.raises(UsageError) as error:
        read(*arguments)
    assert reason in str(error.value) and "--help" in str(error.value)
    assert "\n" not in str(error.value)
    assert error.value.exit_code == ExitCode.USAGE


def test_the_help_tells_all(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        read("--help")
    assert ended.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    for part in (
        "usage: toy", "A toy.", "The end.", "SRC", "--count N", "(default: 0)", "(default: blue)",
        "; repeatable", "50 %", "(default: half)", "Look:", "--keep-aspect",
    ):  # fmt: skip
        assert part in text, part
    assert "--internal" not in text and "default: False" not in text


def test_an_option_that_prints_ends_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    parser = make_parser(Toy, "toy", "")
    parser.add_argument("--list", action=PrintAndExit, text=lambda: "one\ntwo")
    with pytest.raises(SystemExit) as ended:
        parse(Toy, parser, ["--list"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == "one\ntwo\n"
