from __future__ import annotations

import pytest

from plumbing.urls import is_url, protocol


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s3://bucket/x", "s3"),
        ("a+b.c-d://x", "a+b.c-d"),
        ("C:\\x", ""),
        ("C://x", ""),
        ("./s3://x", ""),
        ("s3:/x", ""),
        ("", ""),
    ],
)
def test_a_url_is_told_from_a_path_by_its_protocol(text: str, expected: str) -> None:
    assert protocol(text) == expected
    assert is_url(text) == (expected != "")
