"""The sets of pictures that the options of the evaluation name."""

from __future__ import annotations

from collections.abc import Iterator

from cnn_denoiser.evaluation.group_sets import group_set_names
from cnn_denoiser.evaluation.options import EvaluationOptions
from cnn_denoiser.evaluation.picture_sets import (
    PictureSet,
    blur_plates,
    draw_plates,
    read_labelled_folder,
    read_sharp_folder,
)
from cnn_denoiser.evaluation.plate_colour import COLOURS
from plumbing.commands.errors import NothingToDoError, UsageError, file_and_reason
from plumbing.commands.signals import StopSignals
from plumbing.labels import LABELS, read_labels


def set_names(options: EvaluationOptions) -> Iterator[str]:
    """Yield the names of the sets, as `PictureSet.name` has them."""
    if options.groups:
        yield from group_set_names(options.synthetic is not None, options.labelled is not None)
        return
    if options.labelled is not None:
        yield "labelled"
    for kind, wanted in (("sharp", options.sharp), ("synthetic", options.synthetic)):
        if wanted is not None:
            yield from (f"{kind}-{profile}" for profile in options.profiles)


def read_sets(options: EvaluationOptions, signals: StopSignals) -> list[PictureSet]:
    """Read, blur and draw the pictures that the options name.

    Raises `UsageError` where a folder cannot be read, `NothingToDoError` where one has no pictures.
    """
    sets = []
    try:
        if options.labelled is not None and options.labels_file is not None:
            labels = read_labels(options.labels_file, options.set, COLOURS)
            sets.append(read_labelled_folder(options.labelled, labels, options.set))
        if options.sharp is not None:
            path = options.sharp / LABELS
            known = read_labels(path, colours=COLOURS) if path.is_file() else None
            plates = read_sharp_folder(options.sharp, known)
            for profile in options.profiles:
                signals.check()
                sets.append(blur_plates(plates, profile, options.seed))
    except OSError as error:
        what = "plates or their labels cannot be read"
        raise UsageError(f"{what}: {file_and_reason(error)}") from error
    for pictures in sets:
        if not pictures.names:
            why = f" ({pictures.problems[0]})" if pictures.problems else ""
            raise NothingToDoError(f"{pictures.description}: no pictures that can be read{why}")
    if options.synthetic is not None:
        sets += [
            draw_plates(options.synthetic, profile, options.seed, signals.check)
            for profile in options.profiles
        ]
    return sets
