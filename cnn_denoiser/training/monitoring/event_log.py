"""Event files, which TensorBoard shows.

Their contents come from tensorboardX, which needs no TensorFlow, so that a run on any Keras backend
is seen. They are written here and now: tensorboardX's own SummaryWriter leaves that to a thread,
with which the last entries are lost when the process is killed, and which blocks for ever where
the disk is full.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from tensorboardX import summary
from tensorboardX.event_file_writer import EventsWriter
from tensorboardX.proto.api_pb2 import MetricInfo, MetricName
from tensorboardX.proto.event_pb2 import Event, SessionLog
from tensorboardX.proto.graph_pb2 import GraphDef
from tensorboardX.proto.plugin_hparams_pb2 import HParamsPluginData
from tensorboardX.proto.summary_pb2 import Summary


class EventLog:
    """One event file in a folder of its own; raises OSError where it cannot be written."""

    def __init__(self, folder: Path, first_step: int | None = None) -> None:
        """Open a new file beside those of earlier stretches.

        What those hold from `first_step` on is hidden; None where there can be no such thing.
        """
        folder.mkdir(parents=True, exist_ok=True)
        # The nanoseconds keep files apart that are opened in the same second.
        self._writer = EventsWriter(str(folder / "events"), f".{time.time_ns()}")
        if first_step is not None:
            # TensorBoard reads the version, then drops what has this step or a later one.
            self._write(Event(step=first_step, file_version="brain.Event:2"))
            restart = SessionLog(status=SessionLog.START)
            self._write(Event(step=first_step, session_log=restart))

    def scalars(self, values: dict[str, float], step: int) -> None:
        """Record numbers by tag."""
        for tag, value in values.items():
            self._add(summary.scalar(tag, value), step)

    def picture(self, tag: str, picture: np.ndarray, step: int) -> None:
        """Record a grey picture, uint8 `(H, W)`."""
        self._add(summary.image(tag, picture, dataformats="HW"), step)

    def histogram(self, tag: str, values: np.ndarray, step: int) -> None:
        """Record how numbers are distributed."""
        self._add(summary.histogram(tag, values.ravel(), "auto", max_bins=64), step)

    def graph(self, graph: GraphDef) -> None:
        """Record the graph of a network."""
        self._write(Event(graph_def=graph.SerializeToString()))

    def hyperparameters(
        self, values: dict[str, str | float], figures: list[tuple[str, str]]
    ) -> None:
        """Record what a run is done with; `figures` are (folder, tag) of scalars that judge it.

        The folders lie in the one of this log.
        """
        experiment, start, _ = summary.hparams(values, {tag: 0 for _, tag in figures})
        # tensorboardX knows no folders.
        plugin = experiment.value[0].metadata.plugin_data
        data = HParamsPluginData.FromString(plugin.content)
        del data.experiment.metric_infos[:]
        data.experiment.metric_infos.extend(
            MetricInfo(name=MetricName(group=folder, tag=tag)) for folder, tag in figures
        )
        plugin.content = data.SerializeToString()
        for part in (experiment, start):
            self._add(part, 0)

    def flush(self) -> None:
        """Have everything written."""
        self._writer.flush()

    def close(self) -> None:
        """Write what is left and close the file."""
        self._writer.close()

    def _add(self, what: Summary, step: int) -> None:
        self._write(Event(step=step, summary=what))

    def _write(self, event: Event) -> None:
        event.wall_time = time.time()
        self._writer.write_event(event)
