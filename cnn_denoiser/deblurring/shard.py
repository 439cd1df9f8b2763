"""A fixed share of the pictures, for jobs that divide a run among them."""

from __future__ import annotations

import argparse
import hashlib
import os
import re
from dataclasses import dataclass

_MOST = 1_000_000
_SHARD = re.compile(r"(\d{1,7})/(\d{1,7})", re.ASCII)


@dataclass(frozen=True)
class Shard:
    """Share `number`, from 1 on, of `count`: disjoint, and together all pictures."""

    number: int = 1
    count: int = 1

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def has(self, name: str) -> bool:
        """Tell whether the picture with this relative path is in the share.

        The path alone decides, by its digest: a share stays the same when pictures are added, and
        on every machine.
        """
        path = os.fsencode(name.replace(os.sep, "/"))
        digest = hashlib.blake2b(path, digest_size=8).digest()
        return int.from_bytes(digest, "big") % self.count == self.number - 1


def shard(text: str) -> Shard:
    """Convert "K/N" to a shard; `argparse.ArgumentTypeError` for any other text."""
    if found := _SHARD.fullmatch(text):
        number, count = int(found[1]), int(found[2])
        if 1 <= number <= count <= _MOST:
            return Shard(number, count)
    raise argparse.ArgumentTypeError(
        f"must be K/N, with K from 1 to N and N at most {_MOST}. Received: {text!r}"
    )
