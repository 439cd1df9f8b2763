from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnn_denoiser import model_definitions
from cnn_denoiser.frames import from_network, to_network
from cnn_denoiser.measures.image_quality import psnr
from cnn_denoiser.training import dropout
from cnn_denoiser.training.batch import Batch
from cnn_denoiser.training.data.pairs import TrainingPairs
from cnn_denoiser.training.data.plates import SyntheticPlates
from cnn_denoiser.training.distributed.one_device import OneDevice
from cnn_denoiser.training.errors import TrainingError
from cnn_denoiser.training.learner import Learner
from cnn_denoiser.training.options import with_recipe
from cnn_denoiser.training.recipes import RECIPES
from plumbing.commands.errors import UsageError
from tests.helpers import tiny_train


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("tiny", "steady"):
        monkeypatch.setitem(model_definitions.NETWORKS, name, ())
        monkeypatch.setitem(RECIPES, name, {})
    tiny_train.register()


def learner(**given: object) -> Learner:
    options = with_recipe({"model": "steady", "num_iter": 100, **given})
    return Learner(options, OneDevice())


def test_the_average_is_as_good_as_the_weights_from_early_on() -> None:
    pairs = TrainingPairs(SyntheticPlates(32), "camera", 4, seed=0)
    learning = learner(ema=0.998, learning_rate=0.01)
    learning.learn([pairs.batch(number) for number in range(60)])
    learning.average()
    blurred, sharp, _ = TrainingPairs(SyntheticPlates(16), "camera", 16, seed=1).batch(0)
    quality = []
    for network in (learning.network, learning.result):
        frames = from_network(np.asarray(network(to_network(blurred), training=False)))
        quality.append(np.mean([psnr(s, f) for s, f in zip(sharp, frames, strict=True)]))
    raw, averaged = quality
    assert averaged > raw - 0.1


def test_dropout_changes_with_the_schedule_and_is_in_the_step() -> None:
    rates = [dropout.ramp(0.5, share) for share in (0, 0.1, 0.125, 0.2, 0.325, 0.4, 1)]
    np.testing.assert_allclose(rates, [0, 0, 0.25, 0.5, 0.25, 0, 0], atol=1e-9)
    assert dropout.constant(0.3, 0.9) == 0.3

    frames = np.random.default_rng(0).integers(0, 256, (4, 90, 270), np.uint8)
    batch = Batch(frames, frames, np.zeros((4, 8), np.int8))
    fixed = {"model": "tiny", "learning_rate": 1e-12, "dropout_schedule": "ramp", "num_iter": 10}
    learning = learner(**fixed, dropout=0.9)
    losses = []
    for step in (0, 2, 0):
        learning.step = step
        losses += learning.learn([batch])
    assert losses[0] == pytest.approx(losses[2], rel=1e-6)
    assert abs(losses[1] - losses[0]) > 1e-3


def test_a_network_without_dropout_refuses_it() -> None:
    with pytest.raises(UsageError, match="--dropout: steady has no layers of dropout"):
        learner(dropout=0.5)


def test_too_little_memory_is_said_in_words() -> None:
    def fail(batches: object, rates: object) -> list[float]:
        raise MemoryError("Unable to allocate 99 GiB")

    learning = learner()
    learning._step_on = fail
    with pytest.raises(TrainingError, match=r"batches of 2 pictures: lower --batch_size"):
        learning.learn([])


def test_the_state_is_known_by_names(tmp_path: Path) -> None:
    one, other = learner(model="tiny"), learner(model="tiny")
    assert one.state.keys() == other.state.keys()
    assert {"seeds/dropout", "network/tiny/down/kernel"} <= one.state.keys()
