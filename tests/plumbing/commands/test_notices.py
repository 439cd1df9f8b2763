from __future__ import annotations

import logging

import pytest

from plumbing.commands.notices import printable, set_up_notices


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("京A12345 é.png", "京A12345 é.png"),
        ("two\nlines\r", r"two\nlines\r"),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\udcd6.png", r"\udcd6.png"),
        ("gnp.\u202eexe", r"gnp.\u202eexe"),
    ],
)
def test_a_name_stays_on_its_line(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_notices_bear_the_commands_name_and_how_bad_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_notices("toy")
    log = logging.getLogger("blurrer.some.module")
    log.debug("not shown")
    log.info("all %s", "well")
    log.warning("%s is odd", "a\nb")
    log.error("that is wrong")
    logging.getLogger("someone.else").info("not shown")
    logging.getLogger("someone.else").warning("shown")
    assert capsys.readouterr().err.splitlines() == [
        "toy: all well",
        r"toy: warning: a\nb is odd",
        "toy: error: that is wrong",
        "toy: warning: shown",
    ]


def test_setting_up_twice_shows_notices_once(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_notices("one")
    set_up_notices("two")
    logging.getLogger("plates").warning("so")
    assert capsys.readouterr().err == "two: warning: so\n"


def test_notices_stand_above_a_progress_bar(capsys: pytest.CaptureFixture[str]) -> None:
    tqdm = pytest.importorskip("tqdm").tqdm
    set_up_notices("toy")
    with tqdm(total=3, mininterval=0) as bar:
        bar.update()
        logging.getLogger("plates").warning("so")
        bar.update()
    lines = capsys.readouterr().err.replace("\r", "\n").splitlines()
    assert "toy: warning: so" in [line.strip() for line in lines]
