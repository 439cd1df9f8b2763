from __future__ import annotations

import hashlib

import onnx
import pytest
from onnx import TensorProto, helper

from cnn_denoiser.model_files.onnx_seal import seal, sha256_in_seal


@pytest.fixture
def network() -> bytes:
    one = helper.make_tensor_value_info("one", TensorProto.FLOAT, [1])
    other = helper.make_tensor_value_info("other", TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Neg", ["one"], ["other"])], "g", [one], [other])
    return helper.make_model(graph).SerializeToString()


def test_a_sealed_network_is_read_by_onnx_and_tells_its_digest(network: bytes) -> None:
    sealed = seal(network)
    assert sha256_in_seal(sealed) == hashlib.sha256(network).hexdigest()
    (entry,) = onnx.load_from_string(sealed).metadata_props
    assert (entry.key, entry.value) == ("sha256", sha256_in_seal(sealed))


def test_every_changed_or_missing_byte_is_noticed(network: bytes) -> None:
    sealed = seal(network)
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        assert sha256_in_seal(bytes(changed)) is None
        assert sha256_in_seal(sealed[:at]) is None
    assert sha256_in_seal(network) is None
