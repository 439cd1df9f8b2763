"""What texts on a command line name."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from plumbing.storage.locations import Location, location
from plumbing.storage.objects import ObjectPath


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s3://bucket/plates/", ObjectPath("s3://bucket/plates")),
        ("a b/c", Path("a b/c")),
        ("file:///tmp/x", Path("/tmp/x")),
        ("local://x.png", Path("x.png")),
        ("C://x", Path("C://x")),
        ("./s3://bucket", Path("s3:/bucket")),
    ],
)
def test_a_text_names_a_path_or_a_location_in_object_storage(text: str, expected: Location) -> None:
    assert location(text) == expected


@pytest.mark.parametrize("text", ["", "s3://", "file://", "s3://" + "n" * 5000])
def test_what_names_neither_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        location(text)
