"""The command `moussaka`, or `deblur_images.py`: deblur files. Nothing heavy is imported here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from plumbing.commands.signals import StopSignals, quit_at_interrupt

if TYPE_CHECKING:
    from cnn_denoiser.deblurring.groups.group_pipeline import GroupPipeline
    from cnn_denoiser.deblurring.network import Network
    from cnn_denoiser.deblurring.options import DeblurOptions
    from cnn_denoiser.deblurring.pipeline import Finished, Pipeline
    from cnn_denoiser.deblurring.plan import Plan
    from cnn_denoiser.deblurring.stages import Settings

_INSTALLATION = "pip install -r requirements-deblurring.txt"


class Runs(Protocol):
    """What pictures go through."""

    def run(self, tasks: Plan, finished: Finished) -> None:
        """Deblur each task's picture; `finished` is told of each, in order."""


MakePipeline = Callable[["Network", "DeblurOptions", Callable[[], object]], Runs]


def main(arguments: Sequence[str] | None = None, prog: str = "moussaka") -> int:
    """Run the command and return its exit code.

    arguments: of the command line; None: those that the process was given.
    prog:      the name that its notices begin with.
    """
    if arguments is None:
        quit_at_interrupt()
    from plumbing.commands.running import run_command

    def work(signals: StopSignals) -> int:
        import logging

        from cnn_denoiser.deblurring.command_line import parse_options

        options: DeblurOptions = parse_options(prog, arguments)
        if options.quiet:
            logging.getLogger("cnn_denoiser").setLevel(logging.ERROR)
        return run_deblurring(options, signals)

    return run_command(prog, work, _INSTALLATION)


def run_deblurring(
    options: DeblurOptions, signals: StopSignals, pipeline: MakePipeline | None = None
) -> int:
    """Do what the options say, and return an exit code. Raises CommandError.

    pipeline: makes what pictures go through; None: `make_pipeline`.
    """
    from cnn_denoiser.deblurring.option_checks import check_options, check_plan
    from cnn_denoiser.deblurring.option_notices import tell_of_effects
    from cnn_denoiser.deblurring.planning import make_plan
    from plumbing.commands.errors import ExitCode

    check_options(options)
    plan = make_plan(
        options.source,
        None if options.read_only else options.destination,
        recursive=options.recursive,
        existing=options.existing,
        file_format=options.format,
        shard=options.shard,
        limit=options.limit,
        grouping=options.group,
        comparisons=options.compare,
        reports=options.reports,
    )
    check_plan(options, plan)
    tell_of_effects(options, plan)
    signals.check()
    if options.dry_run:
        _print(plan)
        return ExitCode.OK
    return _deblur(plan, options, signals, pipeline or make_pipeline)


def _deblur(plan: Plan, options: DeblurOptions, signals: StopSignals, make: MakePipeline) -> int:
    from cnn_denoiser.deblurring.folders import make_folders
    from cnn_denoiser.deblurring.locations import opened
    from cnn_denoiser.deblurring.network import load_network
    from cnn_denoiser.deblurring.option_checks import check_network
    from cnn_denoiser.deblurring.option_notices import tell_of_probabilities
    from cnn_denoiser.deblurring.reporting.account import Account
    from cnn_denoiser.deblurring.reporting.outcome import Outcome
    from cnn_denoiser.deblurring.reporting.summary import Summary
    from plumbing.commands.errors import ExitCode

    signals.check()
    network = load_network(options.model, options.checkpoint, options.precision)
    signals.check()
    if options.reading:
        check_network(network)
    tell_of_probabilities(options, network)
    make_folders(plan.local_result_folders(), plan.inner_folders())
    summary = Summary(
        total=len(plan) + len(plan.unreadable),
        others=plan.others,
        linked_folders=plan.linked_folders,
        passed_over=plan.passed_over,
        beyond_limit=plan.beyond_limit,
        read=options.reading,
        grouped=options.group is not None,
        written=not options.read_only,
    )
    account = Account(
        summary,
        options.reports,
        details=_details(plan, options, network) if options.reports else None,
        folders=plan.folders_in_use(),
        expected=len(plan) - len(plan.existing),
        quiet=options.quiet,
        verbose=options.verbose,
    )
    # An archive gets its name first, so that what is told of it is true.
    with account, opened(plan.destination):
        for path, reason in plan.unreadable:
            account.add(Outcome(path, None, "failed", reason))
        pipeline = make(network, options, lambda: signals.received or account.ended)
        pipeline.run(plan, account.add)
        summary.interrupted = signals.received is not None
    return ExitCode.FAILED if account.something_failed else ExitCode.OK


def make_pipeline(
    network: Network, options: DeblurOptions, stop: Callable[[], object]
) -> Pipeline | GroupPipeline:
    """Return what pictures go through in this process, until `stop` says so."""
    settings, size, jobs = settings_of(options), options.batch_size, options.jobs
    if options.group is None:
        from cnn_denoiser.deblurring.pipeline import Pipeline

        return Pipeline(network, settings, batch_size=size, jobs=jobs, stop=stop)
    from cnn_denoiser.deblurring.groups.group_pipeline import GroupPipeline

    return GroupPipeline(
        network, settings, batch_size=size, jobs=jobs, stop=stop,
        how=options.fuse, every=options.every,
    )  # fmt: skip


def settings_of(options: DeblurOptions) -> Settings:
    """Return what the options ask to be made of each picture."""
    from cnn_denoiser.deblurring.stages import Settings
    from plumbing.pictures.codec import MAX_PIXELS

    pages = any(path.suffix.lower() in (".html", ".htm") for path in options.reports)
    return Settings(
        size=options.output_size,
        grey=options.grey or (options.read_only and not pages),  # then nobody sees a picture
        quality=options.quality,
        max_pixels=options.max_pixels or MAX_PIXELS,
        on_warning=options.on_warning,
        read=options.reading,
        pictures=pages,
        digests=bool(options.reports),
    )


def _details(plan: Plan, options: DeblurOptions, network: Network) -> dict[str, object]:
    """Return what reports say of the run: enough to make the same results again."""
    from datetime import datetime

    import cv2
    import onnxruntime

    from cnn_denoiser.deblurring.command_line import version
    from cnn_denoiser.deblurring.settings_given import settings_given

    details: dict[str, object] = {
        "sources": plan.sources,
        "destination": plan.destination,
        "date": datetime.now().astimezone().isoformat(timespec="seconds"),
        "model": network.model,
        "weights_sha256": network.weights_sha256,
        **({"temperature": network.temperature} if options.reading else {}),
        "version": version(),
        "libraries": f"ONNX Runtime {onnxruntime.__version__}, OpenCV {cv2.__version__}",
        "options": settings_given(options),
    }
    return details | ({"shard": str(options.shard)} if options.shard else {})


def _print(plan: Plan) -> None:
    from plumbing.commands.notices import printable

    for task in plan:
        results = ", ".join(printable(path) for path in task.results()) or "only read"
        frames = f" ({len(task.frames)} frames)" if task.frames else ""
        print(
            f"{printable(task.source)}{frames} -> {results}" + (" (exists)" if task.exists else "")
        )
