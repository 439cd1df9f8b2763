"""The options of deblurring on a cluster: those of the plain command, and a few more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnn_denoiser.deblurring.command_line import parse_options
from cnn_denoiser.deblurring.options import DeblurOptions
from plumbing.commands.numbers import whole_number
from plumbing.commands.options import option

_CLUSTER = "cluster"


@dataclass(frozen=True)
class RayOptions(DeblurOptions):
    """What to deblur, by what, and where to compute it."""

    batch_size: int = option(
        "pictures that go through the network at once; results do not depend on it",
        default=32,
        type=whole_number(1, 256),
        metavar="N",
        group="network",
    )
    jobs: int = option(
        "threads of each worker that load and save; results do not depend on it",
        default=2,
        type=whole_number(1, 256),
        metavar="N",
        group="network",
    )
    address: str | None = option(
        "of the Ray cluster, or auto for the one that this machine belongs to",
        default=None,
        metavar="ADDRESS",
        group=_CLUSTER,
        shown_default="a cluster is started on this machine, and ended with the run",
    )
    workers: int | None = option(
        "processes that load, deblur and save, each on a core",
        default=None,
        type=whole_number(1, 100_000),
        metavar="N",
        group=_CLUSTER,
        shown_default="one for each core",
    )


def parse_ray_options(prog: str, arguments: Sequence[str] | None = None) -> RayOptions:
    """Read the command line of the command `prog`; raises UsageError."""
    return parse_options(prog, arguments, RayOptions)
