"""What can be asked for together with reading, and of which network."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from cnn_denoiser.deblurring.options import DeblurOptions
from cnn_denoiser.deblurring.reporting.report import WRITERS
from plumbing.commands.errors import UsageError

if TYPE_CHECKING:
    from cnn_denoiser.deblurring.network import Network

# They are of pictures that are written.
_OF_RESULTS = ("existing", "format", "quality", "size", "aspect", "colour", "compare")


def check_reading(options: DeblurOptions) -> None:
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
    for one in fields(options):
        if one.name in _OF_RESULTS and getattr(options, one.name) != one.default:
            raise UsageError(f"--{one.name} has no meaning with --read-only: no picture is written")


def check_network(network: Network) -> None:
    """Raise UsageError where a network does not read."""
    if not network.reads:
        name = network.model or "the network"
        raise UsageError(f"{name} does not read plates; --read needs a network that does")
