"""Options as a dataclass: its fields carry type, default and help, the parser is made from them.

    @dataclass(frozen=True)
    class BlurOptions:
        source: Path = option("folder of sharp pictures", type=path, positional="SRC")
        seed: int = option("0 or more", default=0, type=whole_number(0))

    options = BlurOptions(**parse(BlurOptions, parser, None))

Options are written in `--dashes` or with `--under_scores`, as people like.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from plumbing.commands.errors import ExitCode, UsageError

_METADATA = "option"


def option(
    help: str,
    *,
    default: Any = dataclasses.MISSING,
    type: Callable[[str], Any] | None = None,
    choices: Sequence[str] | None = None,
    metavar: str | None = None,
    positional: str | None = None,
    many: bool = False,
    repeatable: bool = False,
    group: str | None = None,
    excludes: str | None = None,
    shown_default: str | None = None,
) -> Any:
    """Return a dataclass field that is an option of a command line.

    help:          what it is for; the default is added.
    default:       without one, the option must be given. False makes it a switch.
    type:          converter of a text, which raises `argparse.ArgumentTypeError`.
    positional:    the metavar of an argument without a name.
    many:          takes several values at once; the field holds a tuple.
    repeatable:    may be given several times; the field holds a tuple.
    group:         heading in the help.
    excludes:      name shared by options of which only one may be given.
    shown_default: what the help says in place of the default.
    """
    settings = {
        "help": help, "type": type, "choices": choices, "metavar": metavar,
        "positional": positional, "many": many, "repeatable": repeatable, "group": group,
        "excludes": excludes, "shown_default": shown_default,
    }  # fmt: skip
    return dataclasses.field(default=default, metadata={_METADATA: settings})


class PrintAndExit(argparse.Action):
    """An option that prints what a function returns, and ends the command."""

    def __init__(self, text: Callable[[], str], **settings: Any) -> None:
        super().__init__(nargs=0, **settings)
        self._text = text

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print and exit."""
        print(self._text())
        parser.exit(ExitCode.OK)


class Parser(argparse.ArgumentParser):
    """A parser whose errors are `UsageError`, and that takes dashes and underscores alike."""

    def error(self, message: str) -> NoReturn:
        """Raise `UsageError`."""
        raise UsageError(f"{message} (--help tells more)")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse, after writing the names of options with dashes."""
        import sys

        given = list(sys.argv[1:] if args is None else args)
        end = given.index("--") if "--" in given else len(given)
        names = [_with_dashes(text) for text in given[:end]]
        return super().parse_known_args(names + given[end:], namespace)


def make_parser(
    options_class: type, prog: str, description: str, epilog: str | None = None
) -> Parser:
    """Return a parser of the options that the fields of a dataclass describe."""
    parser = Parser(
        prog=prog,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        argument_default=argparse.SUPPRESS,
    )
    groups: dict[str, Any] = {}
    for field in dataclasses.fields(options_class):
        if _METADATA not in field.metadata:
            continue
        settings = field.metadata[_METADATA]
        place: Any = parser
        if settings["group"]:
            title = settings["group"]
            place = groups.setdefault(title, None) or parser.add_argument_group(title)
            groups[title] = place
        if settings["excludes"]:
            key = f"excludes {settings['excludes']}"
            place = groups.setdefault(key, None) or place.add_mutually_exclusive_group()
            groups[key] = place
        _add(place, field, settings)
    return parser


def parse(
    options_class: type, parser: argparse.ArgumentParser, arguments: Sequence[str] | None
) -> dict[str, Any]:
    """Return the values given on a command line by the names of a dataclass's fields.

    Only those that are given: the defaults are the dataclass's. Raises `UsageError`.
    """
    import sys

    arguments = sys.argv[1:] if arguments is None else arguments
    # Intermixed: arguments without a name may stand on both sides of options (A B --quiet C).
    read = parser.parse_args if "--" in arguments else parser.parse_intermixed_args
    given = vars(read(arguments))
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in given.items()
        if name in {field.name for field in dataclasses.fields(options_class)}
    }


def _add(place: Any, field: dataclasses.Field[Any], settings: dict[str, Any]) -> None:
    help_text = settings["help"] + _default_note(field, settings)
    keywords: dict[str, Any] = {"help": help_text.replace("%", "%%")}
    if field.default is False:
        place.add_argument(_name(field), dest=field.name, action="store_true", **keywords)
        return
    keywords |= {name: settings[name] for name in ("type", "choices", "metavar") if settings[name]}
    if settings["repeatable"]:
        keywords["action"] = "append"
    if settings["many"]:
        keywords["nargs"] = "+"
    if settings["positional"]:
        place.add_argument(field.name, **keywords | {"metavar": settings["positional"]})
        return
    keywords["required"] = field.default is dataclasses.MISSING
    place.add_argument(_name(field), dest=field.name, **keywords)


def _default_note(field: dataclasses.Field[Any], settings: dict[str, Any]) -> str:
    shown = settings["shown_default"]
    default = field.default
    unsaid = default is dataclasses.MISSING or default is None or default is False
    if shown is None and not unsaid and default not in ((), ""):
        shown = str(default)
    note = f" (default: {shown})" if shown else ""
    return note + ("; repeatable" if settings["repeatable"] else "")


def _name(field: dataclasses.Field[Any]) -> str:
    return "--" + field.name.replace("_", "-")


def _with_dashes(text: str) -> str:
    if not text.startswith("--"):
        return text
    name, equals, value = text.partition("=")
    return name.replace("_", "-") + equals + value
