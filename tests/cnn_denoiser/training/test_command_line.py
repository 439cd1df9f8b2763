from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnn_denoiser import model_definitions
from cnn_denoiser.model_definitions import list_models
from cnn_denoiser.model_files import run_options
from cnn_denoiser.model_files.model_folder import CheckpointError
from cnn_denoiser.training.command_line import Request, read_command_line
from cnn_denoiser.training.options import TrainingOptions
from cnn_denoiser.training.recipes import RECIPES, defaults_in_words
from plumbing.commands.errors import UsageError


def read(
    *arguments: object, run: str = "restart", model: str = "moussaka", batches: int = 9
) -> Request:
    fixed = ["--run", run, "--model", model, "--num_iter", str(batches)]
    return read_command_line("train.py", [*fixed, *map(str, arguments)])


def test_moussaka_is_trained_as_described() -> None:
    request = read(batches=99999)
    options = request.options
    assert (request.folder, request.goes_on) == (Path("runs/moussaka"), False)
    assert (options.num_iter, options.loss, options.pretrain) == (99999, "mse", "dbn")
    assert (options.optimizer, options.schedule, options.dropout) == ("adam", "exponential", 0.5)


@pytest.mark.parametrize("option", ["--num_iter", "--num-iter"])
def test_options_are_written_with_dashes_or_underscores(option: str) -> None:
    arguments = ["--run", "restart", "--model", "unet", option, "7"]
    assert read_command_line("train.py", arguments).options.num_iter == 7


def test_the_help_tells_the_defaults_of_every_network(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        read_command_line("train.py", ["--help"])
    assert stopped.value.code == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "what minimises it (default: moussaka: adam; unet: muon)" in said


def test_recipes_are_of_networks() -> None:
    assert set(RECIPES) <= set(list_models())


def test_a_network_without_a_recipe_takes_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(model_definitions.NETWORKS, "plain", ())
    assert read(model="plain").options == TrainingOptions(model="plain", num_iter=9)
    assert defaults_in_words("loss", "mse") == (
        "moussaka: mse; plain: mse; unet: charbonnier_frequency"
    )


def test_what_is_given_goes_before_the_recipe() -> None:
    assert read(model="unet").options.batch_size == 16
    assert read("--batch_size", 5, model="unet").options.batch_size == 5


def test_a_run_goes_on_with_its_own_options(tmp_path: Path) -> None:
    (tmp_path / "plates").mkdir()
    first = read("--output", tmp_path, "--seed", 7, "--data", tmp_path / "plates").options
    run_options.write_options(tmp_path, first.as_dict())

    request = read("--output", tmp_path, "--save_every", 5, run="continue", batches=20)
    options = request.options
    assert request.goes_on
    assert (options.seed, options.num_iter, options.save_every) == (7, 20, 5)
    assert options.data == (str(tmp_path / "plates"),)

    with pytest.raises(UsageError, match=r"--seed 7.*8"):
        read("--output", tmp_path, "--seed", 8, run="continue")
    with pytest.raises(UsageError, match="unet"):
        read("--output", tmp_path, run="continue", model="unet")


def test_a_run_goes_on_with_data_that_moved(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    first = read("--output", tmp_path, "--data", tmp_path / "old").options
    run_options.write_options(tmp_path, first.as_dict())
    (tmp_path / "old").rmdir()
    options = read("--output", tmp_path, "--data", tmp_path / "new", run="continue").options
    assert options.data == (str(tmp_path / "new"),)


def test_how_often_things_happen_may_change_when_a_run_goes_on(tmp_path: Path) -> None:
    run_options.write_options(tmp_path, read("--output", tmp_path).options.as_dict())
    often = ("--log_every", 2, "--validate_every", 3, "--save_every", 4, "--workers", 5)
    options = read("--output", tmp_path, *often, run="continue").options
    assert (options.log_every, options.validate_every) == (2, 3)
    with pytest.raises(UsageError, match=r"--validation_share 0\.05.*0\.5"):
        read("--output", tmp_path, "--validation_share", 0.5, run="continue")


@pytest.mark.parametrize(
    "damage",
    [{"bach_size": 3}, {"batch_size": "many"}, {"batch_size": -1}, {"optimizer": "sgd"},
     {"model": ["unet"]}, {"data": "plates"}, {"weights": 5}, {"seed": 1.5}],
)  # fmt: skip
def test_options_that_no_run_can_have_are_refused(tmp_path: Path, damage: dict) -> None:
    stored = read("--output", tmp_path).options.as_dict()
    run_options.write_options(tmp_path, stored | damage)
    with pytest.raises(CheckpointError, match=r"run\.json is damaged, or of another version"):
        read("--output", tmp_path, run="continue")


def test_a_run_whose_options_are_no_file_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to continue"):
        read("--output", tmp_path, run="continue")
    os.mkfifo(tmp_path / "run.json")
    with pytest.raises(CheckpointError, match=r"cannot be read: not a file, but a named pipe"):
        read("--output", tmp_path, run="continue")


def test_an_option_that_is_missing_is_named(tmp_path: Path) -> None:
    stored = read("--output", tmp_path).options.as_dict()
    del stored["ema"]
    run_options.write_options(tmp_path, stored)
    with pytest.raises(CheckpointError, match="ema is missing"):
        read("--output", tmp_path, run="continue")


def test_a_run_that_saved_nothing_is_begun_again_without_more_ado(tmp_path: Path) -> None:
    run_options.write_options(tmp_path, read("--output", tmp_path).options.as_dict())
    assert not read("--output", tmp_path).goes_on
    (tmp_path / "pretraining" / "layers-00000001").mkdir(parents=True)
    with pytest.raises(UsageError, match="--overwrite"):
        read("--output", tmp_path)
    assert not read("--output", tmp_path, "--overwrite").goes_on


def test_only_moussaka_has_a_width() -> None:
    assert read("--width", 0.5).options.settings == {"width": 0.5}
    with pytest.raises(UsageError, match="--width: unet has one width only"):
        read("--width", 0.5, model="unet")


@pytest.mark.parametrize(
    "arguments",
    [("--ema", 1), ("--synthetic_share", -0.1), ("--final_rate", 0), ("--seed", "x"),
     ("--learning_rate", "nan"), ("--final_rate", 1.01), ("--validation_share", 1),
     ("--validate_every", 0), ("--batch_size", 10**9), ("--seed", 10**20),
     ("--final_rate", 10**15), ("--learning_rate", "inf"), ("--width", 0), ("--dropout", 1)],
)  # fmt: skip
def test_impossible_numbers_are_refused(
    arguments: tuple[object, ...],
) -> None:
    with pytest.raises(UsageError, match=str(arguments[0]).replace("_", "[-_]")):
        read(*arguments)


@pytest.mark.parametrize(
    ("arguments", "pretrains"),
    [((), True), (("--pretrain", "autoencoder"), True), (("--pretrain", "none"), False),
     (("--pretraining_batches", 0), False)],
)  # fmt: skip
def test_moussaka_is_pretrained_unless_told_not_to(
    arguments: tuple[object, ...], pretrains: bool
) -> None:
    assert read(*arguments).options.pretrains == pretrains


def test_trained_weights_are_not_pretrained(tmp_path: Path) -> None:
    assert not read("--weights", tmp_path).options.pretrains
    with pytest.raises(UsageError, match="need no pretraining"):
        read("--weights", tmp_path, "--pretrain", "dbn")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--final_rate", 0.1, "--schedule", "cosine"), "--schedule cosine"),
        (("--dropout_schedule", "ramp", "--dropout", 0), "--dropout 0"),
        (("--pretraining_batches", 5, "--pretrain", "none"), "--pretrain none"),
        (("--pretrain", "dbn", "--pretraining_batches", 0), "--pretraining_batches 0"),
        (("--pretraining_data", ".", "--pretraining_batches", 0), "--pretraining_batches 0"),
        (("--pretraining_data", ".", "--weights", "."), "--weights"),
        (("--validation_share", 0.1, "--validation_data", "."), "--validation_data"),
    ],
)
def test_an_option_without_effect_is_refused(arguments: tuple[object, ...], reason: str) -> None:
    with pytest.raises(UsageError, match=f"{arguments[0]} has no effect with {reason}"):
        read(*arguments)


def test_a_default_because_of_which_an_option_has_no_effect_is_told_as_such() -> None:
    message = "--final_rate has no effect with --schedule cosine, the default of unet"
    with pytest.raises(UsageError, match=message):
        read("--final_rate", 0.1, model="unet")


def test_what_recipes_say_without_effect_is_not_refused() -> None:
    assert read("--dropout", 0, "--schedule", "cosine", "--pretrain", "none").options.dropout == 0
