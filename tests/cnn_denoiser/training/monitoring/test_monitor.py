from __future__ import annotations

from pathlib import Path

import cv2
import keras
import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams.metadata import (
    EXPERIMENT_TAG,
    SESSION_START_INFO_TAG,
    parse_experiment_plugin_data,
    parse_session_start_info_plugin_data,
)

from blurrer import Pair
from cnn_denoiser.model_definitions import create_model
from cnn_denoiser.training.monitoring.monitor import Monitor
from cnn_denoiser.training.monitoring.network_graph import network_graph

RANDOM = np.random.default_rng(0)
BLURRED, SHARP = RANDOM.integers(0, 256, (2, 2, 90, 270), np.uint8)
HYPERPARAMETERS = {"model": "tiny", "learning_rate": 0.5, "batch_size": 3}


@pytest.fixture
def network() -> keras.Model:
    layers = [
        keras.Input((90, 270, 1)),
        keras.layers.Conv2D(4, 3, strides=3, padding="same", activation="relu", name="down"),
        keras.layers.Dropout(0.5),
        keras.layers.Conv2DTranspose(1, 3, strides=3, padding="same", name="up"),
    ]
    return keras.Sequential(layers)


def open_monitor(folder: Path, network: keras.Model, first_step: int = 0) -> Monitor:
    return Monitor(folder, network, first_step, HYPERPARAMETERS, Pair(BLURRED, SHARP))


def load(folder: Path) -> EventAccumulator:
    everything = {"scalars": 0, "images": 0, "histograms": 0, "tensors": 0}
    return EventAccumulator(str(folder), size_guidance=everything).Reload()


def pictures(log: EventAccumulator, tag: str) -> list[np.ndarray]:
    encoded = [np.frombuffer(e.encoded_image_string, np.uint8) for e in log.Images(tag)]
    return [cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) for data in encoded]


def test_blurred_deblurred_and_sharp_stand_side_by_side(
    tmp_path: Path, network: keras.Model
) -> None:
    network.get_layer("up").set_weights([np.zeros((3, 3, 1, 4)), np.array([-0.2])])
    monitor = open_monitor(tmp_path, network)
    monitor.log(10, {"loss": 1.0})
    (sheet,) = pictures(load(tmp_path / "training"), "blurred_deblurred_sharp")
    assert sheet.shape == (180, 810)
    np.testing.assert_array_equal(sheet[90:, :270], BLURRED[1])
    np.testing.assert_array_equal(sheet[:, 270:540], np.full((180, 270), 102))
    np.testing.assert_array_equal(sheet[:90, 540:], SHARP[0])


def test_a_channel_of_every_layer_is_shown_and_stays_the_same_one(
    tmp_path: Path, network: keras.Model
) -> None:
    def light_up(channel: int) -> None:
        kernel = np.zeros((3, 3, 1, 4), np.float32)
        kernel[1, 1, 0, channel] = 1
        network.get_layer("down").set_weights([kernel, np.zeros(4, np.float32)])

    light_up(2)
    open_monitor(tmp_path, network).log(10, {})
    light_up(1)  # now it is channel 2 that is dark
    open_monitor(tmp_path, network, 10).log(20, {})
    before, after = pictures(load(tmp_path / "training"), "layers/down")
    assert before.shape == after.shape == (30, 90)
    assert before.std() > 30
    assert after.max() == 0
    assert pictures(load(tmp_path / "training"), "layers/up")[0].shape == (90, 270)


def test_dead_relus_are_counted(tmp_path: Path, network: keras.Model) -> None:
    kernel = np.ones((3, 3, 1, 4), np.float32)
    network.get_layer("down").set_weights([kernel, np.array([0, 0, 0, -99], np.float32)])
    network.get_layer("up").set_weights([np.zeros((3, 3, 1, 4)), np.array([-99.0])])
    open_monitor(tmp_path, network).log(1, {"loss": 3.0})
    training = load(tmp_path / "training")
    assert [event.value for event in training.Scalars("dead_relu/down")] == [0.25]
    assert "dead_relu/up" not in training.Tags()["scalars"]  # not rectified


def test_everything_is_on_the_disk_when_it_is_logged(tmp_path: Path, network: keras.Model) -> None:
    # A kill must lose nothing: the log is read while it is still open.
    monitor = open_monitor(tmp_path, network)
    monitor.log(1, {"loss": 3.0, "learning_rate": 0.1})
    monitor.log_validation(1, {"psnr": 20.0}, {"psnr": 15.0})
    assert [event.value for event in load(tmp_path / "training").Scalars("loss")] == [3.0]
    assert [event.value for event in load(tmp_path / "validation").Scalars("psnr")] == [20.0]
    assert [event.value for event in load(tmp_path / "blurred").Scalars("psnr")] == [15.0]


def test_a_log_goes_on_after_a_kill_in_the_middle_of_an_entry(
    tmp_path: Path, network: keras.Model
) -> None:
    monitor = open_monitor(tmp_path, network)
    for step in (10, 20, 30):
        monitor.log(step, {"loss": step})
        monitor.log_validation(step, {"psnr": step}, {"psnr": 1})
    (file,) = (tmp_path / "training").iterdir()
    file.write_bytes(file.read_bytes()[:-7])
    file.rename(file.with_name("events.out.tfevents.1.earlier"))
    monitor = open_monitor(tmp_path, network, 20)
    for step in (30, 40):
        monitor.log(step, {"loss": step})
        monitor.log_validation(step, {"psnr": step}, {"psnr": 1})
    training = load(tmp_path / "training")
    assert [event.step for event in training.Scalars("loss")] == [10, 20, 30, 40]
    assert [event.step for event in training.Images("layers/up")] == [10, 20, 30, 40]
    assert [event.step for event in load(tmp_path / "validation").Scalars("psnr")] == [
        10, 20, 30, 40,
    ]  # fmt: skip


def test_weights_are_shown_as_histograms(tmp_path: Path, network: keras.Model) -> None:
    open_monitor(tmp_path, network).log_validation(5, {"psnr": 1}, {"psnr": 1})
    (event,) = load(tmp_path / "training").Histograms("weights/down/kernel")
    kernel = network.get_layer("down").get_weights()[0]
    values = event.histogram_value
    assert (event.step, values.num) == (5, kernel.size)
    assert (values.min, values.max) == pytest.approx((kernel.min(), kernel.max()))


def test_hyperparameters_point_to_the_figures_that_judge_the_run(
    tmp_path: Path, network: keras.Model
) -> None:
    for first_step in (0, 10):  # a run that goes on replaces what it said before
        open_monitor(tmp_path, network, first_step)
    assert len(list(tmp_path.glob("events.*"))) == 1
    metadata = load(tmp_path).SummaryMetadata
    start = metadata(SESSION_START_INFO_TAG).plugin_data.content
    hyperparameters = parse_session_start_info_plugin_data(start).hparams
    assert hyperparameters["model"].string_value == "tiny"
    assert hyperparameters["learning_rate"].number_value == 0.5
    content = metadata(EXPERIMENT_TAG).plugin_data.content
    metrics = parse_experiment_plugin_data(content).metric_infos
    assert ("validation", "psnr") in [(info.name.group, info.name.tag) for info in metrics]


def test_the_graph_is_recorded_once(tmp_path: Path, network: keras.Model) -> None:
    open_monitor(tmp_path, network).close()
    assert load(tmp_path / "training").Graph().node
    open_monitor(tmp_path / "goes_on", network, 10).log(20, {})
    with pytest.raises(ValueError, match="no graph"):
        load(tmp_path / "goes_on" / "training").Graph()


def test_the_graph_connects_the_operations_of_a_network() -> None:
    nodes = {node.name: node for node in network_graph(create_model("unet")).node}
    entrance = nodes["entrance/Conv2D"]
    assert entrance.op == "Conv2D"
    shape = entrance.attr["_output_shapes"].list.shape[0]
    assert [dim.size for dim in shape.dim] == [-1, 32, 92, 32]
    assert list(nodes["down_0_block_0_b/Add"].input) == [entrance.name, "down_0_block_0_b/Conv2D"]
    assert all(name in nodes for node in nodes.values() for name in node.input)
    # All but the last feed something.
    fed = {name for node in nodes.values() for name in node.input}
    assert len(nodes.keys() - fed) == 1
