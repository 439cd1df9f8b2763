"""Telling where options have no effect, or less than they seem to."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from cnn_denoiser.deblurring.options import DeblurOptions

if TYPE_CHECKING:
    from cnn_denoiser.deblurring.plan import Plan

_LOSSY = (".jpg", ".jpeg", ".webp")  # suffixes

_log = logging.getLogger(__name__)


def tell_of_effects(options: DeblurOptions, plan: Plan) -> None:
    """Log a warning for each option that has less effect than it seems to."""
    if options.aspect == "keep" and options.size.kind not in ("model", "width"):
        _log.warning(
            "--aspect has no effect with --size %s: such results have the source's shape",
            options.size,
        )
    lossless = sum(not entry.result.lower().endswith(_LOSSY) for entry in plan.entries)
    if options.quality is not None and lossless:
        which = "any result" if lossless == len(plan) else f"{lossless} of {len(plan)} results"
        _log.warning("--quality has no effect on %s: only JPEG and WebP lose anything", which)
    if options.reading and plan.existing:
        _log.warning(
            "--existing skip: %d of %d pictures are not read, for their results exist; --read-only "
            "reads all of them",
            len(plan.existing),
            len(plan),
        )
