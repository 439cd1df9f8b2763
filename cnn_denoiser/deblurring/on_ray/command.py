"""The command `python3 -m cnn_denoiser.deblur_on_ray`: deblur files on a cluster."""

from __future__ import annotations

from collections.abc import Sequence

from plumbing.commands.signals import StopSignals, quit_at_interrupt

_PROG = "deblur_on_ray"
_INSTALLATION = "pip install 'moussaka[ray]'"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    arguments: of the command line; None: those that the process was given.
    """
    if arguments is None:
        quit_at_interrupt()
    from plumbing.commands.running import run_command

    def work(signals: StopSignals) -> int:
        import logging

        from cnn_denoiser.deblurring.command import run_deblurring
        from cnn_denoiser.deblurring.on_ray.options import parse_ray_options

        options = parse_ray_options(_PROG, arguments)
        if options.quiet:
            logging.getLogger("cnn_denoiser").setLevel(logging.ERROR)
        if options.dry_run:
            return run_deblurring(options, signals)
        from cnn_denoiser.deblurring.locations import is_archive
        from cnn_denoiser.deblurring.on_ray.ray_pipeline import RayPipeline
        from plumbing.commands.errors import UsageError
        from plumbing.commands.streams import without_native_notices

        if options.group is not None:
            raise UsageError("--group is not for a cluster; use deblur_images.py, with --shard K/N")
        if is_archive(options.destination):
            raise UsageError(
                f"{options.destination}: many workers cannot write one archive; name a folder"
            )
        with without_native_notices():
            return run_deblurring(
                options,
                signals,
                lambda network, _, stop: RayPipeline(options, stop, connected=signals.take_back),
            )

    return run_command(_PROG, work, _INSTALLATION)
