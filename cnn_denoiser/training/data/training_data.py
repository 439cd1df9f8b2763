"""What a run learns from and is validated on: its options, checked against what lies on the disk.

Loads neither Keras nor its backend, so that whatever is wrong is said at once.
"""

from __future__ import annotations

import functools
import hashlib
import json
import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cnn_denoiser.training.data.plates import (
    MixedPlates,
    PlatesInFolders,
    SharpPlates,
    SyntheticPlates,
    content,
    open_folders,
    without_copies,
)
from cnn_denoiser.training.data.validation_set import (
    ValidationSet,
    hold_out,
    validate_on,
    validate_on_synthetic,
)
from cnn_denoiser.training.options import TrainingOptions
from plates.characters import CharacterPlaces
from plumbing.commands.errors import UsageError
from plumbing.label_table import LabelError
from plumbing.labels import LABELS, Labels, read_labels
from plumbing.pictures.codec import PictureError
from plumbing.pictures.search import find_pictures

TEXTS_SHA256 = "texts_sha256"  # in the summary: of all texts, in the order of the plates
_log = logging.getLogger(__name__)


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
    """Find, read and divide the plates that the options name; no plate is in two parts.

    Unreadable pictures are named in the log. Raises `UsageError` where the rest is too little or a
    picture to validate on is to be trained on.
    """
    own = _open_folders(options.data) if options.data else None
    pretraining = _open_folders(options.pretraining_data) if options.pretraining_data else own
    held_out = None
    if options.validation_data:
        held_out = _open_folders(options.validation_data)
        _check_apart(held_out, own, "--data")
        _check_apart(held_out, pretraining, "--pretraining_data")
    elif own is not None and options.validation_share:
        own, held_out = hold_out(own, options.validation_share)
        if held_out is None:
            _log.info("%d pictures are too few to keep some of them: no validation", len(own))
        elif pretraining is not None:
            pretraining = without_copies(pretraining, held_out)
    plates, pretraining_plates = _plates(own, options), _plates(pretraining, options)
    validation = None
    if held_out is not None:
        validation = validate_on(held_out, options.profile)
    elif own is None and options.validation_share:
        validation = validate_on_synthetic(options.profile)
    summary = _summary(options.profile, own, held_out, validation)
    return TrainingData(plates, pretraining_plates, validation, summary)


def _check_apart(held_out: PlatesInFolders, plates: PlatesInFolders | None, option: str) -> None:
    """Raise `UsageError` where a picture to validate on, or a copy, is trained on."""
    if plates is None:
        return
    kept = {content(path): path for path in held_out.paths}
    for path in plates.paths:
        if twin := kept.get(content(path)):
            same = "" if twin == path else f", as {twin}"
            raise UsageError(f"{path} is in {option} and in --validation_data{same}")


def _plates(own: PlatesInFolders | None, options: TrainingOptions) -> SharpPlates:
    """Return plates of one's own, mixed with synthetic and recombined ones as asked for."""
    plates: SharpPlates = SyntheticPlates() if own is None else own
    if len(plates) == 0:
        raise UsageError(
            "no pictures are left to train on: all, or copies of them, are kept for validation; "
            "lower --validation_share"
        )
    if len(plates) < options.batch_size:
        what = "synthetic plates, which make an epoch," if own is None else "readable pictures"
        raise UsageError(
            f"{len(plates)} {what} are too few for a batch of {options.batch_size}: "
            f"{'' if own is None else 'add pictures or '}lower --batch_size"
        )
    shares = (options.synthetic_share, options.recombined_share)
    if own is None or not any(shares):
        return plates
    return MixedPlates(own, CharacterPlaces(own.texts), *shares)


def _open_folders(folders: tuple[str, ...]) -> PlatesInFolders:
    skipped = 0

    def on_unreadable(path: Path, reason: str) -> None:
        nonlocal skipped
        skipped += 1
        _log.warning("skipped %s: %s", path, reason)

    try:
        plates = open_folders([Path(folder) for folder in folders], on_unreadable)
    except (PictureError, OSError) as error:
        raise UsageError(str(error)) from error
    if skipped:
        _log.warning("skipped %d of %d pictures", skipped, skipped + len(plates))
    return replace(plates, texts=_labels(plates))


def _labels(plates: PlatesInFolders) -> tuple[str | None, ...]:
    """Return what the file `labels.csv` beside each picture says of it."""
    labels = {folder: _labels_in(folder) for folder in {path.parent for path in plates.paths}}
    return tuple(
        found.text(path.name) if (found := labels[path.parent]) is not None else None
        for path in plates.paths
    )


@functools.cache  # so that what is to be said of it is said once
def _labels_in(folder: Path) -> Labels | None:
    if not (folder / LABELS).is_file():
        return None
    try:
        labels = read_labels(folder / LABELS)
    except LabelError as error:
        _log.warning("the texts of the plates in %s are not used: %s", folder, error)
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
    if own is not None:
        summary |= {
            "plates": len(own),
            "plates_sha256": _sha256_of_all(own),
            "known_texts": sum(text is not None for text in own.texts),
            TEXTS_SHA256: hashlib.sha256(json.dumps(own.texts).encode()).hexdigest(),
        }
    if validation:
        summary["validation_plates"] = len(validation.sharp)
        if held_out is not None:
            summary["validation_plates_sha256"] = _sha256_of_all(held_out)
    return summary


def _sha256_of_all(plates: PlatesInFolders) -> str:
    """Return the SHA-256 digest of the names and the contents of all files, in order."""
    digest = hashlib.sha256()
    for path in plates.paths:
        digest.update(path.name.encode(errors="surrogateescape") + b"\n" + content(path))
    return digest.hexdigest()
