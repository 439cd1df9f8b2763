from __future__ import annotations

from pathlib import Path

import pytest

from cnn_denoiser.model_definitions import list_models
from cnn_denoiser.training import costs, options, run_folder
from cnn_denoiser.training.options import RECIPES, UsageError, read_command_line


def read(*arguments: object, run: str = "restart", model: str = "moussaka", batches: int = 9):
    fixed = ["--run", run, "--model", model, "--num_iter", str(batches)]
    return read_command_line([*fixed, *map(str, arguments)])


def test_moussaka_is_trained_as_described_but_for_the_optimizer() -> None:
    folder, goes_on, options = read(batches=99999)
    assert (folder, goes_on) == (Path("runs/moussaka"), False)
    assert (options.num_iter, options.batch_size, options.cost) == (99999, 64, "mse")
    assert (options.optimizer, options.schedule) == ("muon", "exponential")
    rates = (options.learning_rate, options.decay_rate, options.decay_steps)
    assert rates == (0.0015, 0.98125, 1000)


def test_every_network_has_a_recipe() -> None:
    assert sorted(RECIPES) == list_models()


def test_what_is_given_goes_before_the_recipe() -> None:
    assert read(model="unet")[2].batch_size == 16
    assert read("--batch_size", 5, model="unet")[2].batch_size == 5


def test_a_run_goes_on_with_its_own_options(tmp_path: Path) -> None:
    (tmp_path / "plates").mkdir()
    first = read("--output", tmp_path, "--seed", 7, "--data", tmp_path / "plates")[2]
    run_folder.write_options(tmp_path, first.as_dict())

    _, goes_on, options = read("--output", tmp_path, "--save_every", 5, run="continue", batches=20)
    assert goes_on
    assert (options.seed, options.num_iter, options.save_every) == (7, 20, 5)
    assert options.data == (str(tmp_path / "plates"),)

    with pytest.raises(UsageError, match=r"--seed 7.*8"):
        read("--output", tmp_path, "--seed", 8, run="continue")
    with pytest.raises(UsageError, match="unet"):
        read("--output", tmp_path, run="continue", model="unet")


def test_an_option_that_is_newer_than_the_run_takes_its_default(tmp_path: Path) -> None:
    run_folder.write_options(tmp_path, {"model": "moussaka", "num_iter": 9, "seed": 3})
    options = read("--output", tmp_path, run="continue")[2]
    assert (options.seed, options.averaging) == (3, 0.0)
    # There was no validation then: every plate was trained on.
    assert options.validation_share == 0


def test_how_often_things_happen_may_change_when_a_run_goes_on(tmp_path: Path) -> None:
    run_folder.write_options(tmp_path, read("--output", tmp_path)[2].as_dict())
    often = ("--log_every", 2, "--validate_every", 3, "--save_every", 4, "--workers", 5)
    options = read("--output", tmp_path, *often, run="continue")[2]
    assert (options.log_every, options.validate_every) == (2, 3)
    with pytest.raises(UsageError, match=r"--validation_share 0\.05.*0\.5"):
        read("--output", tmp_path, "--validation_share", 0.5, run="continue")


def test_a_run_of_another_version_is_refused(tmp_path: Path) -> None:
    run_folder.write_options(tmp_path, {"model": "moussaka", "bach_size": 3})
    with pytest.raises(UsageError, match="another version"):
        read("--output", tmp_path, run="continue")


def test_the_costs_on_offer_are_those_there_are() -> None:
    assert set(options.COSTS) == set(costs.COSTS)


@pytest.mark.parametrize(
    "arguments",
    [("--averaging", 1), ("--synthetic_share", -0.1), ("--decay_steps", 0), ("--seed", "x"),
     ("--learning_rate", "nan"), ("--decay_rate", 1.01), ("--validation_share", 1),
     ("--validate_every", 0)],
)  # fmt: skip
def test_impossible_numbers_are_refused(
    arguments: tuple[object, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        read(*arguments)
    assert stopped.value.code == 2
    assert str(arguments[0]) in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "pretrains"),
    [((), True), (("--pretrain", "autoencoder"), True), (("--pretrain", "none"), False),
     (("--pretraining_batches", 0), False)],
)  # fmt: skip
def test_moussaka_is_pretrained_unless_told_not_to(
    arguments: tuple[object, ...], pretrains: bool
) -> None:
    assert read(*arguments)[2].pretrains == pretrains


def test_trained_weights_are_not_pretrained(tmp_path: Path) -> None:
    assert not read("--weights", tmp_path)[2].pretrains
    with pytest.raises(UsageError, match="need no pretraining"):
        read("--weights", tmp_path, "--pretrain", "dbn")
