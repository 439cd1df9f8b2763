from __future__ import annotations

from cnn_denoiser.deblurring.on_ray.attempts import KILLED, Attempts


def test_a_share_that_ends_leaves_nothing() -> None:
    attempts = Attempts()
    assert attempts.begin(3) is None
    attempts.end(3)
    assert attempts.begin(3) is None


def test_a_picture_is_named_at_which_its_process_was_killed_alone() -> None:
    attempts = Attempts()
    attempts.begin(0)
    assert attempts.begin(0) == {}  # killed while the whole share was tried
    attempts.try_singly(0, 0)
    attempts.tried(0, 0, b"row")
    attempts.try_singly(0, 1)
    assert attempts.begin(0) == {0: b"row", 1: KILLED}
    assert attempts.begin(0) == {0: b"row", 1: KILLED}  # killed between two pictures
    attempts.try_singly(0, 2)
    assert attempts.begin(0) == {0: b"row", 1: KILLED, 2: KILLED}
