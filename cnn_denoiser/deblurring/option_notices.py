"""Telling where options have no effect, or less than they seem to."""

from __future__ import annotations

import logging
import shlex
from typing import TYPE_CHECKING

from cnn_denoiser.deblurring.options import DeblurOptions

if TYPE_CHECKING:
    from cnn_denoiser.deblurring.network import Network
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


def tell_of_probabilities(options: DeblurOptions, network: Network) -> None:
    """Log a warning where plates are to be read by a network that has not been calibrated."""
    if options.reading and not network.calibrated:
        from cnn_denoiser.model_files.shipped import DEFAULT_MODEL, shipped_model_folder

        folder = options.checkpoint or shipped_model_folder(options.model or DEFAULT_MODEL)
        _log.warning(
            "%s is not calibrated, so its probabilities need not hold: python3 -m "
            "cnn_denoiser.calibrate %s",
            network.model or "the network",
            shlex.quote(str(folder)),
        )
