from __future__ import annotations

import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

from cnn_denoiser.model_files import model_folder, run_folder
from cnn_denoiser.model_files.model_folder import CheckpointError


def small_network() -> keras.Model:
    layers = [
        keras.Input((6, 9, 1)),
        keras.layers.Dropout(0.5, seed=1),
        keras.layers.Conv2D(1, 3, padding="same", name="convolution"),
    ]
    return keras.Sequential(layers, name="small")


class Training:
    """The least that can be trained, saved and restored."""

    def __init__(self) -> None:
        self.network = small_network()
        self.optimizer = keras.optimizers.Adam(0.1, name="adam")
        self.optimizer.build(self.network.trainable_variables)
        self.trainer = keras.Model(self.network.inputs, self.network.outputs)
        self.trainer.compile(self.optimizer, "mse")

    def train(self, batches: int) -> None:
        batch = np.random.default_rng(0).normal(size=(4, 6, 9, 1)).astype(np.float32)
        for _ in range(batches):
            self.trainer.train_on_batch(batch, batch)

    def save(self, folder: Path, step: int) -> Path:
        return run_folder.save_checkpoint(folder, self.network, self.state, {"step": step})

    @property
    def state(self) -> dict[str, keras.Variable]:
        seeds = {"seeds": self.network.layers[0].seed_generator.state}
        return {variable.path: variable for variable in self.optimizer.variables} | seeds


def test_a_restored_training_goes_on_as_if_never_stopped(tmp_path: Path) -> None:
    undisturbed = Training()
    undisturbed.train(3)
    checkpoint = undisturbed.save(tmp_path, 3)
    undisturbed.train(3)

    resumed = Training()
    step = run_folder.restore_checkpoint(checkpoint, resumed.network, resumed.state)
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
    small_network().load_weights(folder / model_folder.WEIGHTS)
    assert (folder / model_folder.WEIGHTS).read_bytes().find(b"optimizer") == -1


def test_the_newest_checkpoints_are_kept(tmp_path: Path) -> None:
    training = Training()
    training.train(1)
    for step in (5, 10, 15, 20):
        training.save(tmp_path, step)
    names = [folder.name for folder in run_folder.list_checkpoints(tmp_path)]
    assert names == ["step-00000010", "step-00000015", "step-00000020"]
    assert run_folder.find_model_folder(tmp_path).name == "step-00000020"


def test_copies_under_other_names_are_left_alone(tmp_path: Path) -> None:
    training = Training()
    training.train(1)
    first = training.save(tmp_path, 4)
    copy = first.with_name("step-00000004 (good)")
    shutil.copytree(first, copy)
    for step in (5, 6, 7, 123_456_789):
        training.save(tmp_path, step)
    assert (copy / run_folder.STATE).is_file()
    names = [folder.name for folder in run_folder.list_checkpoints(tmp_path)]
    assert names == ["step-00000006", "step-00000007", "step-123456789"]
    assert run_folder.find_model_folder(copy) == copy


def test_a_save_that_was_cut_short_is_not_seen(tmp_path: Path) -> None:
    training = Training()
    training.train(1)
    whole = training.save(tmp_path, 10)
    (whole.parent / ".partial-step-00000020").mkdir()
    assert run_folder.find_model_folder(tmp_path) == whole
    training.save(tmp_path, 20)
    assert not (whole.parent / ".partial-step-00000020").exists()


def test_a_state_of_another_training_is_refused(tmp_path: Path) -> None:
    training = Training()
    training.train(1)
    folder = training.save(tmp_path, 1)
    missing = training.state
    del missing["seeds"]
    with pytest.raises(CheckpointError, match=r"holds 1 variables of another .*, seeds for one"):
        run_folder.restore_checkpoint(folder, training.network, missing)


@pytest.mark.parametrize("damage", [b"", b"not a zip file", None])
def test_a_damaged_state_is_refused(tmp_path: Path, damage: bytes | None) -> None:
    training = Training()
    training.train(1)
    folder = training.save(tmp_path, 1)
    path = folder / run_folder.STATE
    path.write_bytes(path.read_bytes()[:-30] if damage is None else damage)
    with pytest.raises(CheckpointError, match="cannot be restored"):
        run_folder.restore_checkpoint(folder, training.network, training.state)


def test_a_state_without_its_digest_is_refused_with_one_name(tmp_path: Path) -> None:
    training = Training()
    training.train(1)
    folder = training.save(tmp_path, 1)
    missing = folder / run_folder.STATE_SHA256
    missing.unlink()
    with pytest.raises(CheckpointError) as caught:
        run_folder.restore_checkpoint(folder, training.network, training.state)
    assert str(caught.value) == (
        f"{folder} cannot be restored: {missing}: No such file or directory"
    )


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    training = Training()
    training.train(1)
    folder = training.save(tmp_path, 1)
    path = folder / model_folder.WEIGHTS
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="damaged"):
        run_folder.restore_checkpoint(folder, training.network, training.state)


def test_a_changed_state_is_refused_even_where_it_can_be_read(tmp_path: Path) -> None:
    training = Training()
    training.train(1)
    folder = training.save(tmp_path, 1)
    state = {name: 0 * variable.numpy() for name, variable in training.state.items()}
    np.savez(folder / run_folder.STATE, **state)
    with pytest.raises(CheckpointError, match="sha256"):
        run_folder.restore_checkpoint(folder, training.network, training.state)


def test_a_damaged_checkpoint_is_no_longer_the_newest(tmp_path: Path) -> None:
    training = Training()
    for step in (1, 2):
        training.save(tmp_path, step)
    aside = run_folder.set_aside(run_folder.find_model_folder(tmp_path))
    assert aside.name == "damaged-step-00000002"
    assert run_folder.find_model_folder(tmp_path).name == "step-00000001"


def test_the_best_is_kept_beside_the_checkpoints(tmp_path: Path) -> None:
    training = Training()
    assert run_folder.find_best(tmp_path) is None
    for step in (3, 7):
        run_folder.save_best(tmp_path, training.network, {"step": step})
    training.save(tmp_path, 9)
    assert [path.name for path in (tmp_path / "best").iterdir()] == ["step-00000007"]
    assert run_folder.find_model_folder(tmp_path / "best") == run_folder.find_best(tmp_path)
    assert run_folder.find_model_folder(tmp_path).name == "step-00000009"
    assert not (tmp_path / "best" / "step-00000007" / run_folder.STATE).exists()


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
    assert run_folder.restore_checkpoint(good, training.network, training.state) == 1
