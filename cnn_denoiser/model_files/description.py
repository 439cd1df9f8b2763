"""The contents of `model.json`: what the weights in a model folder are."""

from __future__ import annotations

import re
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


@dataclass(frozen=True)
class ModelDescription:
    """What trained weights are, and how they came about.

    model:          the network's name, as `create_model` knows it.
    step:           how many batches of its run the network has learned from.
    weights_sha256: the digest of the weights file.
    parameters:     how many numbers the network has learned.
    settings:       what else `create_model` was given, as `width`.
    input_size:     width and height in pixels.
    value_range:    of the network's input and output.
    pictures_seen:  how many pictures the weights have learned from, over all their runs.
    data, options, versions: of the run.
    validation:     figures by name, and the step that they are of; empty where there are none.
    started_from:   `step`, `pictures_seen` and `weights_sha256` of the weights that the run
                    started from; empty for fresh ones.
    calibration:    `temperature`, what the logits of a network that reads are divided by, so that
                    its probabilities hold; empty where that is not known.
    measured:       what the evaluation found, by set of pictures: `pictures`, how many there are;
                    `blurred` and `deblurred`, figures by name.
    """

    model: str
    step: int
    weights_sha256: str
    parameters: int
    settings: dict[str, Any] = field(default_factory=dict)
    input_size: tuple[int, int] = (270, 90)
    value_range: tuple[float, float] = (-1, 1)
    pictures_seen: int = 0
    data: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, Any] = field(default_factory=dict)
    validation: dict[str, Any] = field(default_factory=dict)
    started_from: dict[str, Any] = field(default_factory=dict)
    calibration: dict[str, float] = field(default_factory=dict)
    measured: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> ModelDescription:
        """Return the description in a JSON object; ValueError where a field is wrong or missing."""
        known = {f.name: f for f in fields(cls)}
        required = [f.name for f in known.values() if _is_required(f)]
        if missing := [name for name in required if name not in values]:
            raise ValueError(f"fields are missing: {', '.join(missing)}")
        if unknown := [name for name in values if name not in known]:
            raise ValueError(f"fields are unknown: {', '.join(unknown)[:100]!r}")
        for name, value in values.items():
            if not _suits(name, value):
                raise ValueError(f"{name} cannot be {str(value)[:100]!r}")
        fitting: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in values.items()
        }
        return cls(**fitting)

    def to_json(self) -> dict[str, Any]:
        """Return the description as JSON can hold it, without what is empty."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
            if value != {}
        }


def _is_required(one: Any) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def _suits(name: str, value: Any) -> bool:
    """Say whether a field can have a value."""
    if name == "model":
        return isinstance(value, str) and bool(_NAME.fullmatch(value))
    if name == "weights_sha256":
        return isinstance(value, str)
    if name in ("step", "parameters", "pictures_seen"):
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if name in ("input_size", "value_range"):
        return isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))
    if name == "validation":
        return isinstance(value, dict) and all(map(_is_number, value.values()))
    if name == "calibration":
        return isinstance(value, dict) and all(map(_is_temperature, value.values()))
    if name == "measured":
        return isinstance(value, dict) and all(map(_is_measurement, value.values()))
    return isinstance(value, dict)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_temperature(value: Any) -> bool:
    # Beyond that, nothing that is divided by it can be told apart.
    return _is_number(value) and 1e-6 < value < 1e6


def _is_measurement(value: Any) -> bool:
    sides = ("blurred", "deblurred")
    return isinstance(value, dict) and all(isinstance(value.get(side), dict) for side in sides)
