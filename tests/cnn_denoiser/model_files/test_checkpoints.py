from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from cnn_denoiser.model_files import checkpoints
from cnn_denoiser.model_files.model_folder import CheckpointError


def small_network() -> keras.Model:
    layers = [
        keras.Input((6, 9, 1)),
        keras.layers.Dropout(0.5, seed=1),
        keras.layers.Conv2D(1, 3, padding="same"),
    ]
    return keras.Sequential(layers, name="small")


class Training:
    """The least that can be trained, saved and restored."""

    def __init__(self) -> None:
        self.network = small_network()
        self.optimizer = keras.optimizers.Adam(0.1)
        self.optimizer.build(self.network.trainable_variables)
        self.trainer = keras.Model(self.network.inputs, self.network.outputs)
        self.trainer.compile(self.optimizer, "mse")

    def train(self, batches: int) -> None:
        batch = np.random.default_rng(0).normal(size=(4, 6, 9, 1)).astype(np.float32)
        for _ in range(batches):
            self.trainer.train_on_batch(batch, batch)

    def save(self, folder: Path, step: int) -> Path:
        return checkpoints.save_checkpoint(folder, self.network, self.state, {"step": step})

    @property
    def state(self) -> list[keras.Variable]:
        return [*self.optimizer.variables, self.network.layers[0].seed_generator.state]


def test_a_restored_training_goes_on_as_if_never_stopped(tmp_path: Path) -> None:
    undisturbed = Training()
    undisturbed.train(3)
    checkpoint = undisturbed.save(tmp_path, 3)
    undisturbed.train(3)

    resumed = Training()
    step = checkpoints.restore_checkpoint(checkpoint, resumed.network, resumed.state)
    resumed.train(3)

    assert step == 3
    for expected, weights in zip(
        undisturbed.network.get_weights(), resumed.network.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(weights, expected)


def test_the_weights_hold_no_optimiser(tmp_path: Path) -> None:
    training = Training()
    training.train(1)
    folder = training.save(tmp_path, 1)
    small_network().load_weights(folder / checkpoints.WEIGHTS)
    assert (folder / checkpoints.WEIGHTS).read_bytes().find(b"optimizer") == -1


def test_the_newest_checkpoints_are_kept(tmp_path: Path) -> None:
    training = Training()
    training.train(1)
    for step in (5, 10, 15, 20):
        training.save(tmp_path, step)
    names = [folder.name for folder in checkpoints.list_checkpoints(tmp_path)]
    assert names == ["step-00000010", "step-00000015", "step-00000020"]
    assert checkpoints.find_model_folder(tmp_path).name == "step-00000020"


def test_a_save_that_was_cut_short_is_not_seen(tmp_path: Path) -> None:
    training = Training()
    training.train(1)
    whole = training.save(tmp_path, 10)
    (whole.parent / ".partial-step-00000020").mkdir()
    assert checkpoints.find_model_folder(tmp_path) == whole
    training.save(tmp_path, 20)
    assert not (whole.parent / ".partial-step-00000020").exists()


def test_a_state_of_another_training_is_refused(tmp_path: Path) -> None:
    training = Training()
    training.train(1)
    folder = training.save(tmp_path, 1)
    with pytest.raises(CheckpointError, match=r"holds .* variables"):
        checkpoints.restore_checkpoint(folder, training.network, training.state[:-1])


@pytest.mark.parametrize("damage", [b"", b"not a zip file", None])
def test_a_damaged_state_is_refused(tmp_path: Path, damage: bytes | None) -> None:
    training = Training()
    training.train(1)
    folder = training.save(tmp_path, 1)
    path = folder / checkpoints.STATE
    path.write_bytes(path.read_bytes()[:-30] if damage is None else damage)
    with pytest.raises(CheckpointError, match="cannot be restored"):
        checkpoints.restore_checkpoint(folder, training.network, training.state)


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    training = Training()
    training.train(1)
    folder = training.save(tmp_path, 1)
    path = folder / checkpoints.WEIGHTS
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoints.restore_checkpoint(folder, training.network, training.state)


def test_a_changed_state_is_refused_even_where_it_can_be_read(tmp_path: Path) -> None:
    training = Training()
    training.train(1)
    folder = training.save(tmp_path, 1)
    np.savez(folder / checkpoints.STATE, *(0 * variable.numpy() for variable in training.state))
    with pytest.raises(CheckpointError, match="sha256"):
        checkpoints.restore_checkpoint(folder, training.network, training.state)
    # Earlier versions wrote no digest.
    (folder / checkpoints.STATE_SHA256).unlink()
    assert checkpoints.restore_checkpoint(folder, training.network, training.state) == 1


def test_a_damaged_checkpoint_is_no_longer_the_newest(tmp_path: Path) -> None:
    training = Training()
    for step in (1, 2):
        training.save(tmp_path, step)
    aside = checkpoints.set_aside(checkpoints.find_model_folder(tmp_path))
    assert aside.name == "damaged-step-00000002"
    assert checkpoints.find_model_folder(tmp_path).name == "step-00000001"


def test_the_best_is_kept_beside_the_checkpoints(tmp_path: Path) -> None:
    training = Training()
    assert checkpoints.find_best(tmp_path) is None
    for step in (3, 7):
        checkpoints.save_best(tmp_path, training.network, {"step": step})
    training.save(tmp_path, 9)
    assert [path.name for path in (tmp_path / "best").iterdir()] == ["step-00000007"]
    assert checkpoints.find_model_folder(tmp_path / "best") == checkpoints.find_best(tmp_path)
    assert checkpoints.find_model_folder(tmp_path).name == "step-00000009"
    assert not (tmp_path / "best" / "step-00000007" / checkpoints.STATE).exists()


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        # What HDF5 makes of the same.
        OSError("Can't write (file write failed: time = now, errno = 28, error message = 'No')"),
        RuntimeError("Unable to close (unable to extend file properly, errno = 28)"),
    ],
)
def test_a_full_disk_is_said_and_leaves_the_last_good_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    training = Training()
    good = training.save(tmp_path, 1)

    def full(*arguments: object) -> None:
        raise error

    monkeypatch.setattr(training.network, "save_weights", full)
    with pytest.raises(CheckpointError, match=r"step-00000002 cannot be written: No space left"):
        training.save(tmp_path, 2)
    assert list((tmp_path / "checkpoints").iterdir()) == [good]
    assert checkpoints.restore_checkpoint(good, training.network, training.state) == 1


@pytest.mark.parametrize("text", ["", "[]", '{"model": "small"}', "\xff"])
def test_a_foreign_description_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / checkpoints.DESCRIPTION).write_text(text, encoding="latin-1")
    with pytest.raises(CheckpointError, match=r"model\.json cannot be read"):
        checkpoints.read_description(tmp_path)


def test_an_empty_folder_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="neither a trained model nor checkpoints"):
        checkpoints.find_model_folder(tmp_path)


def test_unknown_shipped_model_lists_the_known() -> None:
    with pytest.raises(CheckpointError, match=r"'goulash'.*shipped are"):
        checkpoints.shipped_model_folder("goulash")
