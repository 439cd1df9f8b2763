"""What a run learns from and is validated on: its options, checked against what lies on the disk.

Loads neither Keras nor its backend, so that whatever is wrong is said at once.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnn_denoiser.training.data.plates import (
    MixedPlates,
    PlatesInFolders,
    SharpPlates,
    SyntheticPlates,
    open_folders,
)
from cnn_denoiser.training.messages import say
from cnn_denoiser.training.options import TrainingOptions, UsageError
from cnn_denoiser.training.validation import (
    ValidationSet,
    hold_out,
    validate_on,
    validate_on_synthetic,
)
from plates.characters import CharacterPlaces
from plumbing.label_table import LabelError
from plumbing.labels import LABELS, Labels, read_labels
from plumbing.pictures.codec import PictureError
from plumbing.pictures.search import find_pictures


@dataclass(frozen=True)
class TrainingData:
    """The plates of a run.

    validation: None where there is none.
    summary:    which data these are, for the run's record.
    """

    plates: SharpPlates
    pretraining_plates: SharpPlates
    validation: ValidationSet | None
    summary: dict[str, Any]


def open_data(options: TrainingOptions) -> TrainingData:
    """Find, read and divide the plates that the options name.

    Unreadable pictures are named on stderr. Raises `UsageError` where the rest is too little, and
    `PictureError`.
    """
    own = _open_folders(options.data) if options.data else None
    held_out = None
    if options.validation_data:
        held_out = _open_folders(options.validation_data)
        if own and (both := set(own.paths) & set(held_out.paths)):
            raise UsageError(f"{min(both)} is in --data and in --validation_data")
    elif own and options.validation_share:
        own, held_out = hold_out(own, options.validation_share)
        if held_out is None:
            say(f"{len(own)} pictures are too few to keep some of them: no validation")
    pretraining = own
    if options.pretraining_data:
        pretraining = _open_folders(options.pretraining_data)
        if held_out:
            kept = set(held_out.paths)
            pretraining = PlatesInFolders(tuple(p for p in pretraining.paths if p not in kept))
    plates, pretraining_plates = _plates(own, options), _plates(pretraining, options)
    validation = None
    if held_out:
        validation = validate_on(held_out, _labels(held_out), options.profile)
    elif not own and options.validation_share:
        validation = validate_on_synthetic(options.profile)
    summary = _summary(options.profile, own, held_out, validation)
    return TrainingData(plates, pretraining_plates, validation, summary)


def _plates(own: PlatesInFolders | None, options: TrainingOptions) -> SharpPlates:
    """Return plates of one's own, mixed with synthetic and recombined ones as asked for."""
    plates = own or SyntheticPlates()
    if len(plates) < options.batch_size:
        what = "readable pictures" if own else "synthetic plates, which make a pass,"
        raise UsageError(
            f"{len(plates)} {what} are too few for a batch of {options.batch_size}: "
            f"{'add pictures or ' if own else ''}lower --batch_size"
        )
    shares = (options.synthetic_share, options.recombined_share)
    if not own or not any(shares):
        return plates
    return MixedPlates(own, CharacterPlaces(_labels(own)), *shares)


def _open_folders(folders: tuple[str, ...]) -> PlatesInFolders:
    skipped = 0

    def on_unreadable(path: Path, reason: str) -> None:
        nonlocal skipped
        skipped += 1
        say(f"skipped {path}: {reason}")

    try:
        plates = open_folders([Path(folder) for folder in folders], on_unreadable)
    except (PictureError, OSError) as error:
        raise UsageError(str(error)) from error
    if skipped:
        say(f"skipped {skipped} of {skipped + len(plates)} pictures")
    return plates


def _labels(plates: PlatesInFolders) -> tuple[str | None, ...]:
    """Return what the file `labels.csv` beside each picture says of it."""
    labels = {folder: _labels_in(folder) for folder in {path.parent for path in plates.paths}}
    return tuple(
        found.text(path.name) if (found := labels[path.parent]) else None for path in plates.paths
    )


@functools.cache  # so that what is to be said of it is said once
def _labels_in(folder: Path) -> Labels | None:
    if not (folder / LABELS).is_file():
        return None
    try:
        labels = read_labels(folder / LABELS)
    except LabelError as error:
        say(f"the texts of the plates in {folder} are not used: {error}")
        return None
    labels.of_pictures(find_pictures(folder))  # logs how many are known
    return labels


def _summary(
    profile: str,
    own: PlatesInFolders | None,
    held_out: PlatesInFolders | None,
    validation: ValidationSet | None,
) -> dict[str, Any]:
    summary: dict[str, Any] = {"profile": profile, "plates": "synthetic"}
    if own:
        summary |= {
            "plates": len(own),
            "names_sha256": _names_sha256(own),
            "known_texts": sum(text is not None for text in _labels(own)),
        }
    if validation:
        summary["validation_plates"] = len(validation.sharp)
        if held_out:
            summary["validation_names_sha256"] = _names_sha256(held_out)
    return summary


def _names_sha256(plates: PlatesInFolders) -> str:
    """Return the SHA-256 digest of the file names in order, a line each."""
    names = "".join(f"{path.name}\n" for path in plates.paths)
    return hashlib.sha256(names.encode(errors="surrogateescape")).hexdigest()
