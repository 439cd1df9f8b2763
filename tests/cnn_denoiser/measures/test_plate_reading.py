from __future__ import annotations

import builtins
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_denoiser.measures.alignment import align, edit_distance
from cnn_denoiser.measures.plate_texts import plate_text
from cnn_denoiser.measures.readers import PlateReader, ReaderMissingError, start_reader
from cnn_denoiser.measures.scores import ReadingScore, score_reading
from plates import draw_plate
from plumbing.labels import LabelError, read_colours, read_labels

TEXTS = st.text("AB1", max_size=6)


@pytest.mark.parametrize(
    ("label", "reading", "distance"),
    [
        ("", "", 0),
        ("ABC", "ABC", 0),
        ("ABC", "ADC", 1),
        ("ABC", "AC", 1),
        ("ABC", "AXBC", 1),
        ("ABC", "", 3),
        ("", "ABC", 3),
        ("KITTEN", "SITTING", 3),
        ("A*C", "AXC", 0),
        ("A*C", "AC", 0),
        ("A*C", "AXXC", 1),
        ("**", "", 0),
        ("*B", "BA", 1),
    ],
)
def test_edit_distance(label: str, reading: str, distance: int) -> None:
    assert edit_distance(label, reading) == distance


@given(TEXTS, TEXTS, TEXTS)
def test_edit_distance_is_a_distance(a: str, b: str, c: str) -> None:
    assert (edit_distance(a, b) == 0) == (a == b)
    assert edit_distance(a, b) == edit_distance(b, a)
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)


@given(TEXTS, TEXTS, st.integers(0, 5))
def test_a_wildcard_costs_no_more_than_any_character(a: str, b: str, at: int) -> None:
    assert edit_distance(a[:at] + "*" + a[at + 1 :], b) <= edit_distance(a, b)


@pytest.mark.parametrize(
    ("label", "reading", "places"),
    [
        ("ABC", "ABC", "ABC"),
        ("ABC", "ADC", "ADC"),
        ("ABC", "AC", "A-C"),
        ("ABC", "BC", "-BC"),
        ("ABC", "XABC", "ABC"),
        ("ABC", "AXBC", "ABC"),
        ("ABC", "", "---"),
        ("", "ABC", ""),
        ("112", "12", "-12"),
        ("A*C", "AXC", "AXC"),
        ("A*C", "AC", "A-C"),
    ],
)
def test_align_says_what_stands_in_each_place(label: str, reading: str, places: str) -> None:
    assert "".join(seen or "-" for seen in align(label, reading)) == places


@given(TEXTS, TEXTS)
def test_an_alignment_costs_the_edit_distance(label: str, reading: str) -> None:
    places = align(label, reading)
    assert len(places) == len(label)
    dropped = len(reading) - sum(seen != "" for seen in places)
    wrong = sum(seen != wanted for seen, wanted in zip(places, label, strict=True))
    assert wrong + dropped == edit_distance(label, reading)


def test_plate_text_drops_what_plates_do_not_have() -> None:
    assert plate_text(" 京a·1o i-Z.学\n") == "京A101Z学"


def test_a_perfect_reading() -> None:
    score = score_reading("京A12345", "京A12345")
    assert (score.characters, score.alphanumeric, score.plates) == (1, 1, 1)


def test_the_province_counts_as_a_character_alone() -> None:
    score = score_reading("京A12345", "沪A12345")
    assert score.characters == pytest.approx(6 / 7)
    assert (score.alphanumeric, score.plates) == (1, 1)


def test_unknown_characters_neither_count_nor_cost() -> None:
    score = score_reading("*B**187", "京BXY187")
    assert (score.known, score.errors) == (4, 0)
    assert (score.known_alphanumeric, score.errors_alphanumeric) == (4, 0)
    assert score.plates is None


def test_an_unknown_province_leaves_the_plate_fully_known() -> None:
    assert score_reading("*BR4341", "BR4341").plates == 1
    assert score_reading("*BR4341", "京BR4347").plates == 0


def test_look_alike_letters_of_a_label_are_digits() -> None:
    assert score_reading("京AIO345", "京A10345").plates == 1


def test_errors_never_outnumber_the_known_characters() -> None:
    assert score_reading("京A1", "999999999").characters == 0


def test_scores_add_up_over_plates() -> None:
    both = score_reading("京A12345", "") + score_reading("京B67890", "京B67890")
    assert (both.characters, both.alphanumeric, both.plates) == (0.5, 0.5, 0.5)
    assert ReadingScore() + both == both


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_labels_are_read_by_set(tmp_path: Path) -> None:
    table = write(
        tmp_path / "labels.csv", "set,file,label\na,x.jpg,京A1\nb,y.jpg,京B2\na,z.jpg,***\n"
    )
    assert read_labels(table) == {"x.jpg": "京A1", "y.jpg": "京B2"}
    assert read_labels(table, "a") == {"x.jpg": "京A1"}


def test_a_table_saved_by_a_spreadsheet_is_read(tmp_path: Path) -> None:
    table = write(tmp_path / "labels.csv", "\ufefffile,label\r\nx.jpg,京A1\r\n")
    assert read_labels(table) == {"x.jpg": "京A1"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no column named file or label"),
        ("file,text\nx.jpg,京A1\n", "no column named label"),
        ("file,label\n", "no labelled rows"),
        ("file,label\nx.jpg,***\n", "no labelled rows"),
        ("file,label\nx.jpg,A1\nx.jpg,A2\n", "labels x.jpg twice"),
    ],
)
def test_useless_labels_are_refused_with_their_reason(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(LabelError, match=message):
        read_labels(write(tmp_path / "labels.csv", text))


def test_colours_are_read_where_they_are_given(tmp_path: Path) -> None:
    table = write(tmp_path / "1.csv", "file,label,colour\nx.jpg,京A1,Blue\ny.jpg,京B2,\n")
    assert read_colours(table) == {"x.jpg": "blue"}
    assert read_colours(write(tmp_path / "2.csv", "file,label\nx.jpg,京A1\n")) == {}
    with pytest.raises(LabelError, match=r"x\.jpg must be one of blue, yellow.*pink"):
        read_colours(write(tmp_path / "3.csv", "file,label,colour\nx.jpg,京A1,pink\n"))


def test_labels_in_another_encoding_are_refused(tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    table.write_bytes("file,label\nx.jpg,京A1\n".encode("gb18030"))
    with pytest.raises(LabelError, match="cannot be read"):
        read_labels(table)


def test_a_missing_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="column named set"):
        read_labels(write(tmp_path / "1.csv", "file,label\nx.jpg,A1\n"), "a")
    with pytest.raises(LabelError, match="of the set 'b'"):
        read_labels(write(tmp_path / "2.csv", "set,file,label\na,x.jpg,A1\n"), "b")


def test_without_the_engine_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def without_engine(name: str, *rest):
        if name.startswith("rapidocr"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real_import(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_engine)
    with pytest.raises(ReaderMissingError, match="requirements-evaluation"):
        PlateReader()
    said: list[str] = []
    assert start_reader(said.append) is None
    (line,) = said
    assert "requirements-evaluation" in line


@pytest.fixture(scope="module")
def reader() -> PlateReader:
    pytest.importorskip("rapidocr_onnxruntime")
    return PlateReader()


@pytest.mark.parametrize("shape", [(90, 270), (90, 270, 3), (60, 200, 3)])
def test_the_engine_reads_grey_and_colour_of_any_size(reader: PlateReader, shape: tuple) -> None:
    plate, text = draw_plate(np.random.default_rng(1), "blue")
    if len(shape) == 2:
        plate = cv2.cvtColor(plate, cv2.COLOR_BGR2GRAY)
    reading = reader.read(cv2.resize(plate, shape[1::-1], interpolation=cv2.INTER_AREA))
    assert score_reading(text, reading).alphanumeric > 0.6


def test_the_engine_reads_nothing_from_a_blank_picture(reader: PlateReader) -> None:
    assert reader.read(np.full((90, 270), 128, np.uint8)) == ""
