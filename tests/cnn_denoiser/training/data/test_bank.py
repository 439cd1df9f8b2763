from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from cnn_denoiser.training.data.bank import PlateBank
from cnn_denoiser.training.data.pairs import EPOCHS_PER_PLATE, TrainingPairs
from plates.plate import Plate


@dataclass
class Counted:
    """Flat plates of a random level; counts how often each is drawn."""

    drawn: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return 6

    def plate(self, index: int, random: np.random.Generator) -> Plate:
        self.drawn.append(index)
        return Plate(np.full((30, 90, 3), random.integers(0, 256), np.uint8), f"京A1234{index}")


def pairs() -> TrainingPairs:
    return TrainingPairs(Counted(), "mild", batch_size=3, seed=0)


def all_batches(epochs: int, room: int, owners: int = 1) -> tuple[list[int], int]:
    """Make some epochs with a bank for each owner; return what was drawn, and compare it."""
    data = pairs()
    banks = [PlateBank(data, owner, owners, room) for owner in range(owners)]
    for number in range(2 * epochs):
        expected = pairs().batch(number)
        seen = []
        for places, pair in (bank.part(number) for bank in banks):
            for at, place in enumerate(places):
                assert pair is not None
                for array, of_all in zip(pair, expected, strict=True):
                    np.testing.assert_array_equal(array[at], of_all[place])
            seen += places
        assert sorted(seen) == [0, 1, 2]
    return data.plates.drawn, len(data.plates.drawn)  # type: ignore[attr-defined]


def test_a_plate_is_drawn_once_and_blurred_many_times() -> None:
    epochs = 2 * EPOCHS_PER_PLATE
    _, count = all_batches(epochs, room=1 << 20)
    # All plates change twice in this time, most of them in the midst of it.
    assert count <= 6 * 3
    _, without = all_batches(epochs, room=0)
    assert without == 6 * epochs


def test_plates_of_several_owners_make_up_the_batches() -> None:
    drawn, count = all_batches(3, room=1 << 20, owners=2)
    assert count <= 2 * len(set(drawn))


def test_only_so_much_is_kept() -> None:
    _, count = all_batches(4, room=3 * 30 * 90 * 3)
    assert 3 * 4 < count < 6 * 4


def test_drawings_change_in_different_epochs() -> None:
    changes = [
        {index for index in range(6) if pairs().version(e, index) != pairs().version(e + 1, index)}
        for e in range(EPOCHS_PER_PLATE)
    ]
    assert max(map(len, changes)) == 1
    assert set().union(*changes) == set(range(6))
