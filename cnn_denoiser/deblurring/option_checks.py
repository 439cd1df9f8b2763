"""Refusing options that contradict each other, that need others, or that can have no effect."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from cnn_denoiser.deblurring.options import DeblurOptions
from cnn_denoiser.deblurring.reporting.report import WRITERS
from plumbing.commands.errors import UsageError

if TYPE_CHECKING:
    from cnn_denoiser.deblurring.network import Network
    from cnn_denoiser.deblurring.plan import Plan

# They are of pictures that are written.
_OF_RESULTS = ("existing", "format", "quality", "size", "aspect", "grey", "compare")
_OF_GROUPS = ("fuse", "every")


def check_options(options: DeblurOptions) -> None:
    """Raise UsageError for options that cannot go together, as far as they tell by themselves."""
    _check_reading(options)
    if options.group is None:
        for name in _given(options, _OF_GROUPS):
            raise UsageError(f"--{name} has no meaning without --group")


def check_plan(options: DeblurOptions, plan: Plan) -> None:
    """Raise UsageError for options that can have no effect on what there is to deblur."""
    if not plan.videos:
        for name in _given(options, ("every",)):
            raise UsageError(f"--{name} is of videos, and no SRC is one")


def _check_reading(options: DeblurOptions) -> None:
    """Raise UsageError for readings that nobody would see, and for options that contradict."""
    if not options.read_only:
        if options.read and not (options.report or options.verbose or options.dry_run):
            raise UsageError("--read: nothing would show the texts; add --report FILE or --verbose")
        return
    if not isinstance(options.destination, Path):
        raise UsageError(f"--read-only: {options.destination}: the table is written on a disk only")
    if options.destination.suffix.lower() not in WRITERS:
        raise UsageError(
            f"--read-only: {options.destination}: DST is the table of readings; its name must end "
            f"in one of {', '.join(WRITERS)}"
        )
    for name in _given(options, _OF_RESULTS):
        raise UsageError(f"--{name} has no meaning with --read-only: no picture is written")


def check_network(network: Network) -> None:
    """Raise UsageError where a network does not read."""
    if not network.reads:
        name = network.model or "the network"
        raise UsageError(f"{name} does not read plates; --read needs a network that does")


def _given(options: DeblurOptions, names: Collection[str]) -> list[str]:
    """List those of the options that differ from their defaults."""
    defaults = {one.name: one.default for one in fields(options)}
    return [name for name in names if getattr(options, name) != defaults[name]]
