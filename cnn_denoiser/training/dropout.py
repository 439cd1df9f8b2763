"""The rate of dropout over the course of a training, by the name of its schedule."""

from __future__ import annotations

from collections.abc import Callable

# Where the ramp has its corners, as shares of the training.
RISES, IS_FULL, FALLS, IS_OVER = 0.1, 0.15, 0.25, 0.4


def constant(rate: float, share_done: float) -> float:
    """Return the same rate from the first batch to the last."""
    return rate


def ramp(rate: float, share_done: float) -> float:
    """Return no dropout while the network forms, `rate` for a while, none in the later part.

    Dropout from the first batch on is what costs a training most, and at its end it leaves the
    pictures pale: it is over while the learning rate is still high enough to mend that.
    """
    rise = (share_done - RISES) / (IS_FULL - RISES)
    fall = (IS_OVER - share_done) / (IS_OVER - FALLS)
    return rate * min(1.0, max(0.0, min(rise, fall)))


# Functions of the rate at its highest, and of the share of the training that is done, 0 to 1.
DROPOUT_SCHEDULES: dict[str, Callable[[float, float], float]] = {
    "constant": constant,
    "ramp": ramp,
}
