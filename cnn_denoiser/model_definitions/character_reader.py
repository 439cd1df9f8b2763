"""A layer that reads: which character stands in each place of a plate, from its features."""

from __future__ import annotations

from typing import Any

import keras

HEADS = 4
ROUNDS = 2
HIDDEN = 2  # times the channels, in the layers between two attentions
SMALL = 0.02  # scale of what is added to a signal at first, as in the blocks around


class Attention(keras.layers.Layer):
    """Attention with several heads (Vaswani et al. 2017, arXiv:1706.03762)."""

    def __init__(self, channels: int, seed: int, name: str) -> None:
        """Take the channels of queries, keys, values and results, a multiple of HEADS."""
        super().__init__(name=name)
        self._shape = (HEADS, channels // HEADS)
        self.queries, self.keys, self.values = (
            keras.layers.Dense(channels, kernel_initializer=_initial(seed + number), name=name)
            for number, name in enumerate(("queries", "keys", "values"))
        )
        self.result = keras.layers.Dense(
            channels, kernel_initializer=_initial(seed + 3, SMALL), name="result"
        )

    def call(self, asking: Any, asked: Any, values: Any = None) -> Any:
        """Return what each row of `asking` (N, A, C) gets of `values` (N, B, C) at `asked`."""
        ops = keras.ops
        queries = self._heads(self.queries(asking))
        keys = self._heads(self.keys(asked))
        values = self._heads(self.values(asked if values is None else values))
        scores = ops.matmul(queries, ops.transpose(keys, (0, 1, 3, 2)))
        shares = ops.softmax(ops.cast(scores, "float32") / self._shape[1] ** 0.5)
        mixed = ops.matmul(ops.cast(shares, values.dtype), values)
        heads_last = ops.transpose(mixed, (0, 2, 1, 3))
        return self.result(ops.reshape(heads_last, (-1, *asking.shape[1:])))

    def _heads(self, rows: Any) -> Any:
        """Turn (N, A, C) into (N, HEADS, A, C / HEADS)."""
        divided = keras.ops.reshape(rows, (-1, rows.shape[1], *self._shape))
        return keras.ops.transpose(divided, (0, 2, 1, 3))


class CharacterReader(keras.layers.Layer):
    """Reads a plate from features of it, and tells the features what it has read.

    One learned query for each place of a plate looks for what stands there in the features, all of
    which know where they are (after Carion et al. 2020, arXiv:2005.12872). The logits of the
    places' classes become probabilities, the probabilities a mixture of what the classes mean, and
    of that every point of the features takes its part: what is drawn there is what was read.
    """

    def __init__(self, points: tuple[int, int, int], slots: int, classes: int, seed: int) -> None:
        """Take rows, columns and channels of the features, and the number of places and classes."""
        super().__init__(name="characters")
        rows, columns, channels = self._points = points
        self._slots, self._seed = slots, seed
        self.places = self.add_weight(
            shape=(rows * columns, channels), initializer=_initial(seed), name="places"
        )
        self.slots = self.add_weight(
            shape=(slots, channels), initializer=_initial(seed + 1), name="slots"
        )
        self.norms = [keras.layers.LayerNormalization(name=f"norm_{n}") for n in range(3 * ROUNDS)]
        self.from_features, self.from_slots = (
            [Attention(channels, seed + first + 10 * n, f"{name}_{n}") for n in range(ROUNDS)]
            for name, first in (("from_features", 100), ("from_slots", 200))
        )
        self.between = [
            keras.layers.Dense(
                HIDDEN * channels, "leaky_relu", kernel_initializer=_initial(seed + 300 + n),
                name=f"between_{n}",
            )
            for n in range(ROUNDS)
        ]  # fmt: skip
        self.after = [
            keras.layers.Dense(
                channels, kernel_initializer=_initial(seed + 400 + n, SMALL), name=f"after_{n}"
            )
            for n in range(ROUNDS)
        ]
        self.features_norm = keras.layers.LayerNormalization(name="features_norm")
        self.slots_norm = keras.layers.LayerNormalization(name="slots_norm")
        self.logits = keras.layers.Dense(
            classes, kernel_initializer=_initial(seed + 2), name="logits", dtype="float32"
        )
        self.meanings = keras.layers.Dense(
            channels, kernel_initializer=_initial(seed + 3), name="meanings"
        )
        self.to_features = Attention(channels, seed + 500, "to_features")

    def call(self, features: Any) -> tuple[Any, Any]:
        """Return logits, float32 (N, slots, classes), and features that know what was read."""
        ops = keras.ops
        rows, columns, channels = self._points
        points = ops.reshape(features, (-1, rows * columns, channels))
        known = self.features_norm(points) + ops.cast(self.places, points.dtype)
        order = ops.broadcast_to(
            ops.cast(self.slots, points.dtype), (ops.shape(points)[0], *self.slots.shape)
        )
        slots = order
        for number in range(ROUNDS):
            first, second, third = self.norms[3 * number : 3 * number + 3]
            slots = slots + self.from_features[number](first(slots), known)
            asking = second(slots)
            slots = slots + self.from_slots[number](asking, asking)
            slots = slots + self.after[number](self.between[number](third(slots)))
        logits = self.logits(self.slots_norm(slots))
        # Exported, the shape would be lost.
        logits = ops.reshape(logits, (-1, self._slots, self.logits.units))
        meanings = self.meanings(ops.softmax(logits))
        told = points + self.to_features(known, order, meanings)
        return logits, ops.reshape(told, (-1, rows, columns, channels))

    def get_config(self) -> dict[str, Any]:
        """Return what the layer was made with."""
        return {
            "points": self._points,
            "slots": self._slots,
            "classes": self.logits.units,
            "seed": self._seed,
        }

    def compute_output_spec(self, features: Any) -> tuple[Any, Any]:
        """Return what `call` returns, without values."""
        rows, columns, channels = self._points
        return (
            keras.KerasTensor((features.shape[0], self._slots, self.logits.units), "float32"),
            keras.KerasTensor((features.shape[0], rows, columns, channels), features.dtype),
        )


def _initial(seed: int, scale: float = 1.0) -> keras.initializers.Initializer:
    return keras.initializers.VarianceScaling(scale, seed=seed)
