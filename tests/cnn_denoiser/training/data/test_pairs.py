from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from cnn_denoiser.training.data import plates as plates_module
from cnn_denoiser.training.data.pairs import TrainingPairs
from cnn_denoiser.training.data.plates import (
    MixedPlates,
    PlatesInFolders,
    SyntheticPlates,
    open_folders,
)
from cnn_denoiser.training.data.stream import stream_batches
from cnn_denoiser.training.distributed.worker import Worker
from plates import draw_plate
from plates.characters import CharacterPlaces
from plates.plate import Plate
from plates.slots import decode
from plumbing.pictures.codec import PictureError, write_picture


@dataclass(frozen=True)
class FlatPlates:
    """Plate i shows a light bar at a place of its own, so that it is known again."""

    count: int = 10

    def __len__(self) -> int:
        return self.count

    def plate(self, index: int, random: np.random.Generator) -> Plate:
        picture = np.full((30, 90, 3), 20, np.uint8)
        picture[:, 8 * index : 8 * index + 8] = 200
        return Plate(picture, f"京A1234{index}")


def pairs(batch_size: int = 3, seed: int = 0) -> TrainingPairs:
    return TrainingPairs(FlatPlates(), "mild", batch_size, seed)


def indices_of(batch: np.ndarray) -> list[int]:
    """Which plates a batch shows, by where they are light."""
    levels = batch.mean(axis=1)
    light = [np.flatnonzero(row > row.max() / 2).mean() for row in levels]
    return [int(column / 3) // 8 for column in light]


def test_a_batch_is_a_function_of_its_number() -> None:
    batch = pairs().batch(5)
    for first, again in zip(batch, pairs().batch(5), strict=True):
        np.testing.assert_array_equal(first, again)
    for side in (batch.blurred, batch.sharp):
        assert (side.shape, side.dtype) == ((3, 90, 270), np.uint8)
    assert [int(decode(text)[-1]) for text in batch.characters] == indices_of(batch.sharp)
    assert not np.array_equal(pairs().batch(5)[0], pairs(seed=1).batch(5)[0])


def test_the_shares_of_the_workers_make_up_the_batch() -> None:
    whole = pairs(batch_size=4)
    shares = [replace(whole, worker=Worker(index, 2)).batch(1) for index in range(2)]
    for side, parts in zip(whole.batch(1), zip(*shares, strict=True), strict=True):
        np.testing.assert_array_equal(np.concatenate(parts), side)
        assert len(parts[0]) == 2


def test_a_pass_shows_every_plate_once_in_an_order_of_its_own() -> None:
    data = pairs(batch_size=5)
    passes = [
        [*indices_of(data.batch(2 * number).sharp), *indices_of(data.batch(2 * number + 1).sharp)]
        for number in (0, 1)
    ]
    assert [sorted(seen) for seen in passes] == [list(range(10))] * 2
    assert passes[0] != passes[1]


def test_a_plate_is_blurred_afresh_in_every_pass() -> None:
    assert not np.array_equal(pairs().pair(0, 4).blurred, pairs().pair(1, 4).blurred)


def test_the_blurred_batch_is_softer() -> None:
    pair = TrainingPairs(SyntheticPlates(), "main", 4, 0).batch(0)
    sides = (pair.blurred, pair.sharp)
    edges = [np.abs(np.diff(side.astype(float), axis=2)).mean() for side in sides]
    assert edges[0] < 0.7 * edges[1]


@pytest.mark.parametrize("workers", [1, 2])
def test_worker_processes_make_the_same_batches_in_order(workers: int) -> None:
    streamed = list(stream_batches(pairs(), 2, 9, workers))
    assert len(streamed) == 7
    for number, batch in enumerate(streamed, start=2):
        for array, expected in zip(batch, pairs().batch(number), strict=True):
            np.testing.assert_array_equal(array, expected)


def test_unreadable_pictures_are_named_and_left_out(tmp_path: Path) -> None:
    write_picture(tmp_path / "good.png", np.zeros((30, 90, 3), np.uint8))
    (tmp_path / "bad.png").write_bytes(b"no picture")
    named = []
    plates = open_folders([tmp_path], lambda path, reason: named.append((path.name, reason)))
    assert [path.name for path in plates.paths] == ["good.png"]
    assert [name for name, reason in named if reason] == ["bad.png"]


def test_a_folder_without_pictures_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="no readable pictures in"):
        open_folders([tmp_path], lambda path, reason: None)


@pytest.fixture
def own_plates(tmp_path: Path) -> PlatesInFolders:
    """Write four blue plates."""
    for seed in range(4):
        plate, _ = draw_plate(np.random.default_rng(seed), "blue")
        write_picture(tmp_path / f"{seed}.png", plate)
    return open_folders([tmp_path], lambda path, reason: None)


@pytest.mark.parametrize(
    ("shares", "expected"), [((0.0, 0.0), (0, 0)), ((0.5, 0.0), (50, 0)), ((0.3, 0.6), (30, 42))]
)
def test_plates_are_mixed_in_the_shares_asked_for(
    own_plates: PlatesInFolders,
    shares: tuple[float, float],
    expected: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = np.zeros((84, 264, 3), np.uint8)
    recombined = np.full((84, 264, 3), 255, np.uint8)
    monkeypatch.setattr(plates_module, "draw_plate", lambda random, alike_share: (drawn, ""))
    monkeypatch.setattr(
        plates_module, "recombine", lambda plate, donors, random: Plate(recombined, "")
    )
    mixed = MixedPlates(own_plates, CharacterPlaces([None] * 4), *shares)
    pictures = [mixed.plate(1, np.random.default_rng(seed)).picture for seed in range(100)]
    counts = tuple(
        sum(picture is special for picture in pictures) for special in (drawn, recombined)
    )
    np.testing.assert_allclose(counts, expected, atol=10)


def test_plates_known_not_to_have_seven_characters_are_not_recombined(
    own_plates: PlatesInFolders,
) -> None:
    texts = ("京AD12345", "京A12345", None, "京A12345")
    own = replace(own_plates, texts=texts)
    mixed = MixedPlates(own, CharacterPlaces(texts), recombined_share=0.99)
    for index, changes in enumerate([False, True, True, True]):
        plate = mixed.plate(index, np.random.default_rng(3))
        before = own.plate(index, np.random.default_rng(3))
        assert np.array_equal(plate.picture, before.picture) is not changes


def test_recombined_plates_are_a_function_of_the_seed(own_plates: PlatesInFolders) -> None:
    mixed = MixedPlates(own_plates, CharacterPlaces(["京A12345"] * 4), recombined_share=0.99)
    first, again = (mixed.plate(0, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first.picture, again.picture)
    own = own_plates.plate(0, np.random.default_rng(3))
    assert not np.array_equal(first.picture, own.picture)
