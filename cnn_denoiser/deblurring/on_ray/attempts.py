"""Which pictures were being deblurred when a process was killed."""

from __future__ import annotations

from dataclasses import dataclass, field

KILLED = b""  # in place of the row of a picture that killed its process


@dataclass
class _Share:
    rows: dict[int, bytes] = field(default_factory=dict)
    trying: int | None = None


class Attempts:
    """Remembers, outside of the workers' processes, what these have begun and not ended.

    A share of the pictures is tried as a whole at first. Where its process is killed, it is begun
    again, and its pictures are tried singly; one that its process is killed at again is not tried a
    third time. Runs as an actor of Ray.
    """

    def __init__(self) -> None:
        self._shares: dict[int, _Share] = {}

    def begin(self, number: int) -> dict[int, bytes] | None:
        """Begin a share of this number.

        Returns None where it has not been begun before. Else what is known of its pictures, by
        their index in it: the rows that came of them, and KILLED.
        """
        share = self._shares.get(number)
        if share is None:
            self._shares[number] = _Share()
            return None
        if share.trying is not None:
            share.rows[share.trying] = KILLED
            share.trying = None
        return share.rows

    def try_singly(self, number: int, index: int) -> None:
        """Begin a picture of a share alone."""
        self._shares[number].trying = index

    def tried(self, number: int, index: int, row: bytes) -> None:
        """End it, with what came of it."""
        share = self._shares[number]
        share.trying = None
        share.rows[index] = row

    def end(self, number: int) -> None:
        """End a share."""
        self._shares.pop(number, None)
