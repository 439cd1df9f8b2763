"""The options of deblurring."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from cnn_denoiser.deblurring.groups.grouping import Grouping, grouping
from cnn_denoiser.deblurring.result_size import ResultSize, result_size
from cnn_denoiser.deblurring.shard import Shard, shard
from plumbing.commands.numbers import path, whole_number
from plumbing.commands.options import option
from plumbing.storage.locations import Location, location

_PICTURES = "which pictures"
_RESULTS = "results"
_READING = "reading"
_NETWORK = "network"
_TOLD = "what is told"


@dataclass(frozen=True)
class DeblurOptions:
    """What to deblur, by what, and what to make of it."""

    source: tuple[Location, ...] = option(
        "folders of blurred pictures, or pictures; also archives (.tar), and object storage "
        "(s3://, gs://, az://, ...)",
        type=location,
        positional="SRC",
        many=True,
    )
    destination: Location = option(
        "folder for the results, made if missing; where SRC is one picture, also a file name; also "
        "an archive (.tar), or object storage; with --read-only the table of readings",
        type=location,
        positional="DST",
    )

    recursive: bool = option(
        "sub-folders too, their tree kept in DST; DST itself is left out where it lies in SRC",
        default=False,
        group=_PICTURES,
    )
    existing: Literal["overwrite", "skip", "error"] = option(
        "where a result exists already: write it anew, leave it (which goes on where a stopped run "
        "stopped), or do nothing at all and say so",
        default="overwrite",
        choices=("overwrite", "skip", "error"),
        group=_PICTURES,
    )
    limit: int | None = option(
        "only the first N pictures; those that --existing skip leaves do not count",
        default=None,
        type=whole_number(1),
        metavar="N",
        group=_PICTURES,
    )
    shard: Shard | None = option(
        "only share K of N: disjoint, the same on every machine, together the whole run; for job "
        "arrays",
        default=None,
        type=shard,
        metavar="K/N",
        group=_PICTURES,
    )
    max_pixels: int | None = option(
        "refuse pictures that claim more pixels, before they are decoded",
        default=None,
        type=whole_number(1),
        metavar="N",
        shown_default="50 million",
        group=_PICTURES,
    )
    on_warning: Literal["keep", "skip", "fail"] = option(
        "pictures that carry a warning, because they do not look like a crop of a plate, are "
        "damaged, or one of several in a file: deblur them, skip them, or count them as failed; "
        "reports name them in any case",
        default="keep",
        choices=("keep", "skip", "fail"),
        group=_PICTURES,
    )
    group: Grouping | None = option(
        "several frames of one plate become one picture, named after it: each sub-folder is a "
        "plate (folder), or what the first group of a regular expression finds in a picture's name "
        r"without suffix, such as '(.+)_\d+$'; a video as SRC is a plate",
        default=None,
        type=grouping,
        metavar="folder|REGEX",
        group=_PICTURES,
    )
    fuse: Literal["fused", "best"] = option(
        "with --group: average the frames that fit, as blurred as they are, and deblur that "
        "(fused), or take the sharpest deblurred one (best)",
        default="fused",
        choices=("fused", "best"),
        group=_PICTURES,
    )
    every: int = option(
        "with --group: of a video, only every N-th frame",
        default=1,
        type=whole_number(1),
        metavar="N",
        group=_PICTURES,
    )
    dry_run: bool = option("only print what would be made of what", default=False, group=_PICTURES)

    format: Literal["keep", "png", "jpg", "webp"] = option(
        "the results' format",
        default="keep",
        choices=("keep", "png", "jpg", "webp"),
        shown_default="each its source's",
        group=_RESULTS,
    )
    quality: int | None = option(
        "of JPEG and WebP",
        default=None,
        type=whole_number(1, 100),
        metavar="1-100",
        shown_default="JPEG 95, WebP without loss",
        group=_RESULTS,
    )
    size: ResultSize = option(
        "model: 270x90; source: the source's shape and size, but no smaller than 270x90 in either "
        "direction, so that nothing is lost; exact: exactly the source's size; or a width such as "
        "540, or a factor of the source's size such as 2x",
        default=ResultSize(),
        type=result_size,
        metavar="SIZE",
        shown_default="model",
        group=_RESULTS,
    )
    aspect: Literal["frame", "keep"] = option(
        "with --size model or a width: results of 3:1 (frame), or of the source's shape (keep)",
        default="frame",
        choices=("frame", "keep"),
        group=_RESULTS,
    )
    grey: bool = option(
        "grey results, instead of the deblurred lightness with the source's colours",
        default=False,
        group=_RESULTS,
    )
    compare: Path | None = option(
        "before and after in one picture, written there",
        default=None,
        type=path,
        metavar="DIR",
        group=_RESULTS,
    )

    read: bool = option(
        "read the plates, too: reports and --verbose tell each text with its probabilities, and "
        "what else may stand in a place that is less than 0.9 sure",
        default=False,
        group=_READING,
    )
    read_only: bool = option(
        "read the plates and write no pictures: DST is a table or page, as for --report",
        default=False,
        group=_READING,
    )

    model: str | None = option(
        "a shipped network, see below",
        default=None,
        metavar="NAME",
        shown_default="unet",
        group=_NETWORK,
        excludes="model",
    )
    checkpoint: Path | None = option(
        "a network of your own: the folder of a training run, or of one of its checkpoints",
        default=None,
        type=path,
        metavar="DIR",
        group=_NETWORK,
        excludes="model",
    )
    precision: Literal["f32", "int8", "bf16"] = option(
        "int8 is about twice as fast on processors with VNNI, for pixels that differ slightly; "
        "bf16 on those that have it, and results then differ slightly from machine to machine",
        default="f32",
        choices=("f32", "int8", "bf16"),
        group=_NETWORK,
    )
    batch_size: int = option(
        "pictures that go through the network at once; results do not depend on it",
        default=8,  # `network.BATCH_SIZE`; importing that would load the runtime
        type=whole_number(1, 256),
        metavar="N",
        group=_NETWORK,
    )
    jobs: int = option(
        "threads that load and save; results do not depend on it",
        default=4,
        type=whole_number(1, 256),
        metavar="N",
        group=_NETWORK,
    )

    report: tuple[Path, ...] = option(
        "what became of each picture: FILE.html shows it before and after, FILE.json and FILE.csv "
        "have a row a picture",
        default=(),
        type=path,
        metavar="FILE",
        repeatable=True,
        group=_TOLD,
    )
    quiet: bool = option(
        "tell nothing but errors and failed pictures", default=False, group=_TOLD, excludes="loud"
    )
    verbose: bool = option("a line for each picture", default=False, group=_TOLD, excludes="loud")

    @property
    def output_size(self) -> ResultSize:
        """What `size` and `aspect` ask for together."""
        return replace(self.size, keep_aspect=self.aspect == "keep")

    @property
    def reading(self) -> bool:
        """Whether plates are to be read."""
        return self.read or self.read_only

    @property
    def reports(self) -> tuple[Path, ...]:
        """All reports that are asked for, with `read_only` also the one that is the destination."""
        if self.read_only and isinstance(self.destination, Path):
            return (self.destination, *self.report)
        return self.report
