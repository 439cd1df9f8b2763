"""Random command lines of the project's commands, sensible ones and senseless ones."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from plumbing.commands.errors import ExitCode, UsageError
from plumbing.commands.notices import printable

LARGE = "99999999999999999999"

SOURCES = (
    "src", "src", "src", "src/", "./src/../src", "to_source", "src/sub", "src/a.png", "empty",
    "missing", "notes.txt", "pipe.png", "results", "", "to_picture.png", "src/link.png", ".",
    "/dev/null", "n" * 300, "\x1b[2J", "\udcd6\udcd0",
)  # fmt: skip
DESTINATIONS = (
    "out", "out", "out", "new/below", "results", "src", "src/out", "to_source", "to_source/new",
    "empty", "notes.txt", "notes.txt/below", "", "out.png", "to_picture.png", "hard.png",
    "src/a.png", "pipe.png", "n" * 300, "\x1b[2J", "\udcd6\udcd0", "results/../src", "/dev/null",
)  # fmt: skip
FILES = (
    "sheet.png", "out/sheet.png", "results/b.jpg", "src/a.png", "src/new.png", "to_picture.png",
    "hard.png", "notes.txt", "missing/sheet.jpg", "out/a.png", "empty", "", "n" * 300 + ".png",
    "report.csv", "report.json", "report.html", "results/a.csv", "src/report.json", "out/x.csv",
    "/dev/full", "\x1b[2J.png",
)  # fmt: skip
NUMBERS = ("0", "1", "2", "7", "-1", "1.5", "nan", "", "many", "٣", LARGE, "2147483648", "1e3")
WORDS = (
    "",
    "camera",
    "png",
    "sepia",
    "unet",
    "\x1b[31m",
    "x" * 5000,
    "--",
    "-",
    "=",
    "%s",
    "\0"[:0],
)


@dataclass(frozen=True)
class Command:
    """How to run a command, and what its command line is made of.

    run:      takes arguments, returns an exit code.
    places:   pools of the arguments without names, in their order.
    options:  pools of values by name; an empty pool is a switch.
    outputs:  the options whose values it may write to; so it may to the last of the places.
    needed:   the options that have to be given.
    codes:    the documented exit codes.
    """

    run: Callable[[Sequence[str]], int]
    places: tuple[tuple[str, ...], ...]
    options: dict[str, tuple[str, ...]]
    outputs: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    codes: frozenset[int] = field(default_factory=lambda: frozenset({0, 1, 2, 3, 4}))


def deblur(arguments: Sequence[str]) -> int:
    from cnn_denoiser.deblurring.command import main

    return main(list(arguments))


def blur(arguments: Sequence[str]) -> int:
    from blurrer.command import main

    return main(list(arguments))


def plates(arguments: Sequence[str]) -> int:
    from plates.command import main

    return main(list(arguments))


def read_evaluation_options(arguments: Sequence[str]) -> int:
    from cnn_denoiser.evaluation.options import read_command_line

    return _read(lambda: read_command_line(list(arguments), "evaluate.py", "Measure."))


def read_training_options(arguments: Sequence[str]) -> int:
    from cnn_denoiser.training.command_line import read_command_line

    return _read(lambda: read_command_line("train.py", list(arguments)))


def _read(read: Callable[[], object]) -> int:
    try:
        read()
    except UsageError as error:
        print(printable(error), file=sys.stderr)
        return ExitCode.USAGE
    return 0


COMMANDS = {
    "deblur": Command(
        deblur,
        (SOURCES, DESTINATIONS),
        {
            "--recursive": (), "--dry-run": (), "--grey": (), "--quiet": (), "--verbose": (),
            "--existing": ("overwrite", "skip", "error", *WORDS),
            "--limit": NUMBERS,
            "--max_pixels": NUMBERS,
            "--on-warning": ("keep", "skip", "fail", *WORDS),
            "--format": ("keep", "png", "jpg", "webp", *WORDS),
            "--quality": ("1", "100", "101", *NUMBERS),
            "--size": ("model", "source", "exact", "30", "2x", "0.5x", "0x", "1e9x", "-3", *WORDS),
            "--aspect": ("frame", "keep", *WORDS),
            "--compare": DESTINATIONS,
            "--model": ("unet", "moussaka", *WORDS),
            "--checkpoint": SOURCES,
            "--batch-size": ("1", "3", "257", *NUMBERS),
            "--jobs": ("1", "2", *NUMBERS),
            "--report": FILES,
        },
        ("--compare", "--report"),
    ),
    "blur": Command(
        blur,
        (SOURCES, DESTINATIONS),
        {
            "--profile": ("camera", "original", "main", *WORDS),
            "--seed": NUMBERS,
            "--targets": (), "--colour": (), "--keep_aspect": (),
            "--preview": FILES,
        },
        ("--preview",),
        codes=frozenset({0, 1, 2, 3}),
    ),
    "plates": Command(
        plates,
        (DESTINATIONS,),
        {
            "--count": ("1", "2", "3", "0", "-1", "", "many", LARGE),
            "--seed": NUMBERS,
            "--kind": ("blue", "green", "black", *WORDS),
            "--alike": (),
        },
        needed=("--count",),
        codes=frozenset({0, 1, 2}),
    ),
    "evaluate": Command(
        read_evaluation_options,
        (),
        {
            "--labelled": SOURCES, "--labels": FILES, "--set": WORDS, "--sharp": SOURCES,
            "--synthetic": NUMBERS, "--profile": ("camera", *WORDS), "--seed": NUMBERS,
            "--model": ("unet", *WORDS), "--checkpoint": SOURCES, "--json": FILES,
            "--outputs": ("a=src", "a=", "=src", "a=missing", "=", "a=b=c", *WORDS),
            "--markdown": (), "--sheet": FILES,
        },
        codes=frozenset({0, 2}),
    ),
    "train": Command(
        read_training_options,
        (),
        {
            "--run": ("restart", "restart", "continue", *WORDS),
            "--model": ("unet", "moussaka", *WORDS),
            "--num_iter": ("3", *NUMBERS), "--batch-size": NUMBERS, "--seed": NUMBERS,
            "--data": SOURCES, "--validation_data": SOURCES, "--pretraining-data": SOURCES,
            "--synthetic_share": NUMBERS, "--recombined_share": NUMBERS, "--width": NUMBERS,
            "--weights": SOURCES, "--learning_rate": NUMBERS, "--final_rate": NUMBERS,
            "--optimizer": WORDS, "--loss": WORDS, "--strategy": ("single", *WORDS),
            "--save_every": NUMBERS, "--workers": NUMBERS, "--output": DESTINATIONS,
            "--overwrite": (), "--ema": NUMBERS,
        },
        needed=("--run", "--model", "--num_iter"),
        codes=frozenset({0, 2}),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A command line, the sources that it names, and the places that it may write to."""

    arguments: list[str]
    sources: list[str]
    written: list[str]


def draw(command: Command, random: Random) -> Line:
    """Draw a command line."""
    # Sensible values lead the pools, so that many a line is carried out.
    sane = random.random() < 0.6

    def value(pool: tuple[str, ...]) -> str:
        return random.choice(pool[: max(3, len(pool) // 4)] if sane else pool)

    written: list[str] = []
    parts = [[value(pool)] for pool in command.places]
    for name, pool in command.options.items():
        share = 0.95 if name in command.needed else 1.2 / len(command.options)
        if random.random() > share:
            continue
        given = name.replace("_", "-") if random.random() < 0.5 else name
        if not pool:
            parts.append([given])
            continue
        chosen = value(pool)
        if name in command.outputs:
            written.append(chosen)
        parts.append([f"{given}={chosen}"] if random.random() < 0.3 else [given, chosen])
    if not sane and random.random() < 0.3:
        parts.append([random.choice((*WORDS, "--nonsense", "-x", "--help", "--seed"))])
    if parts and not sane and random.random() < 0.2:
        parts.pop(random.randrange(len(parts)))
    if random.random() < 0.5:
        random.shuffle(parts)
    arguments = [word for part in parts for word in part]
    places = [part[0] for part in parts if len(part) == 1 and (part[0] + " ")[0] != "-"]
    places += [part[0] for part in parts if part == ["-"]]
    if "--" in arguments or "-" in arguments:  # which are the places is then another question
        return Line(arguments, [], arguments)
    return Line(arguments, places[:-1], written + places[-1:])
