"""The running average of the weights that an optimiser keeps."""

from __future__ import annotations

from typing import Any

import keras

WARM_UP = 100


class WarmedUpEma:
    """Has an optimiser of Keras average over at most a hundredth of the steps so far.

    An average with a constant momentum m begins at the random weights, which make up m^n of it
    after n steps: 89 % after 60 steps at 0.998. Here the momentum of step n, counted from 0, is the
    lesser of m and (1 + n) / (100 + n): an average over a tenth of the steps so far would lag by
    half a decibel while a network improves fast. To be named before the optimiser among the base
    classes.
    """

    @property
    def ema_momentum(self) -> Any:
        """The momentum of the step that is being taken."""
        step = keras.ops.cast(self.iterations, "float32")  # type: ignore[attr-defined]
        return keras.ops.minimum(self._highest_momentum, (1 + step) / (WARM_UP + step))

    @ema_momentum.setter
    def ema_momentum(self, highest: float) -> None:
        self._highest_momentum = highest
