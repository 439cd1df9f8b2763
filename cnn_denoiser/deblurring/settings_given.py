"""The options of a run as reports tell them: one text, as it may stand on a command line."""

from __future__ import annotations

import shlex
from dataclasses import fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnn_denoiser.deblurring.options import DeblurOptions

_DEFAULTS = "the defaults"
_PATHS = ("source", "destination", "compare", "checkpoint", "report")
# Results are the same bytes whatever these are.
_WITHOUT_EFFECT = (
    "--existing", "--shard", "--batch-size", "--jobs", "--address", "--workers", "--quiet",
    "--verbose",
)  # fmt: skip


def settings_given(options: DeblurOptions) -> str:
    """Return what differs from the defaults, without paths; "the defaults" where nothing does."""
    parts = []
    for one in fields(options):
        value = getattr(options, one.name)
        if one.name not in _PATHS and value != one.default:
            name, text = "--" + one.name.replace("_", "-"), str(value)
            # What begins with a dash would be taken for an option.
            between = "=" if text.startswith("-") else " "
            parts.append(name if value is True else f"{name}{between}{shlex.quote(text)}")
    return " ".join(parts) or _DEFAULTS


def that_shape_results(settings: str) -> list[list[str]]:
    """Return of such a text the options, each with its value, that results depend on.

    The others may differ between the shards of a run. Raises ValueError for other texts.
    """
    options: list[list[str]] = []
    for part in [] if settings == _DEFAULTS else shlex.split(settings):
        if part.startswith("--"):
            options.append([part])
        elif options:
            options[-1].append(part)
        else:
            raise ValueError(f"no option in front of {part}")
    return [option for option in options if option[0].partition("=")[0] not in _WITHOUT_EFFECT]
