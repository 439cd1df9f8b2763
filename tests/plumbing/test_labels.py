from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plumbing.labels import (
    LabelError,
    named_pictures,
    normalise,
    read_labels,
    write_labels,
)

TABLES = Path(__file__).with_name("label_tables")
PICTURES = [Path("plates") / f"{number:03}.jpg" for number in range(3)]
TEXTS = ["蒙E09291", "苏M59B7X", "京A12345"]
COLOURS = ("blue", "green")


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.fixture
def notices(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)
    return caplog


@pytest.mark.parametrize(
    "name",
    [path.name for path in sorted(TABLES.glob("*.csv")) if path.name != "missing_pictures.csv"],
)
def test_tables_as_people_save_them_give_all_texts(
    name: str, notices: pytest.LogCaptureFixture
) -> None:
    assert read_labels(TABLES / name).of_pictures(PICTURES) == TEXTS
    assert "3 of 3 pictures have a text" in notices.text
    assert not [record for record in notices.records if record.levelno > logging.INFO]


def test_rows_that_name_no_picture_are_told(notices: pytest.LogCaptureFixture) -> None:
    labels = read_labels(TABLES / "missing_pictures.csv")
    assert labels.of_pictures(PICTURES) == [None] * 3
    assert "0 of 3 pictures have a text" in notices.text
    assert "1 of 1 rows name no picture there, such as zzz.jpg" in notices.text


@pytest.mark.parametrize(
    ("encoding", "start"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", ""),
        ("utf-16-le", ""),
        ("utf-16-be", ""),
        ("gb18030", ""),
        ("utf-8", "sep=,\n"),
        ("utf-16", "sep=,\n"),
    ],
)
@pytest.mark.parametrize("text", ["鲁A12345", "豫B2345学", "京A*2345"])
def test_every_encoding_that_spreadsheets_write(
    tmp_path: Path, encoding: str, start: str, text: str
) -> None:
    table = write(tmp_path / "1.csv", f"{start}file,label\r\nx.jpg,{text}\r\n", encoding)
    assert read_labels(table).texts == {"x.jpg": text}


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("big5", "x.jpg,滬B67890\ny.jpg,粵C1D234\nz.jpg,京A12345\n"),
        ("latin-1", "x.jpg,MÜX123\n"),
        ("shift_jis", "x.jpg,京A12345\n"),
        ("euc_kr", "x.jpg,12가3456\ny.jpg,A12345\n"),
    ],
)
def test_labels_in_other_encodings_are_refused(tmp_path: Path, encoding: str, text: str) -> None:
    table = write(tmp_path / "1.csv", f"file,label\n{text}", encoding)
    with pytest.raises(
        LabelError, match=r"neither in UTF-8 nor in GB 18030 .*save it as CSV in UTF"
    ):
        read_labels(table)


def test_a_few_odd_labels_do_not_make_another_encoding(tmp_path: Path) -> None:
    rows = "x.jpg,京A12345\ny.jpg,粤Z1234港\nz.jpg,看不清\n"
    labels = read_labels(write(tmp_path / "1.csv", f"file,label\n{rows}", "gb18030"))
    assert [labels.text(name) for name in ("x.jpg", "y.jpg")] == ["京A12345", "粤Z1234港"]


def test_names_may_be_in_another_encoding_than_texts(tmp_path: Path) -> None:
    table = write(tmp_path / "1.csv", "file,label\nmünchen.jpg,MX123\n", "latin-1")
    assert list(read_labels(table).texts.values()) == ["MX123"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("declared", [False, True])
def test_every_separator(tmp_path: Path, separator: str, declared: bool) -> None:
    lines = [f"sep={separator}"] * declared + ["file,label,set", "x.jpg,京A1,a", "y.jpg,京B2,b"]
    table = write(tmp_path / "1.csv", "\n".join(line.replace(",", separator) for line in lines))
    assert read_labels(table, "b").texts == {"y.jpg": "京B2"}


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("京A·12345", "京A12345"),
        ("京A•12345", "京A12345"),
        (" 京 a-12.345\n", "京A12345"),
        ("京Ａ１２３４５", "京A12345"),
        ("京A12?4？", "京A12*4*"),
        ("＊A12345", "*A12345"),
        ("粤Z1234港", "粤Z1234港"),
    ],
)
def test_texts_are_compared_in_one_form(text: str, plain: str) -> None:
    assert normalise(text) == plain


@given(st.text("京Ａａ1*？· -．學"))
def test_the_one_form_stays_as_it_is(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_texts_with_what_no_plate_has_are_left_out_and_told(
    tmp_path: Path, notices: pytest.LogCaptureFixture
) -> None:
    table = write(tmp_path / "1.csv", "file,label\nx.jpg,京A12345\ny.jpg,京Ж1\nz.jpg,***\n")
    assert read_labels(table).texts == {"x.jpg": "京A12345"}
    (record,) = notices.records
    assert "1 texts" in record.getMessage() and "y.jpg: 京Ж1" in record.getMessage()


def test_labels_are_read_by_set(tmp_path: Path) -> None:
    text = "set,file,label\na,x.jpg,京A1\nb,y.jpg,京B2\na,z.jpg,***\n"
    table = write(tmp_path / "labels.csv", text)
    assert read_labels(table).texts == {"x.jpg": "京A1", "y.jpg": "京B2"}
    assert read_labels(table, "a").texts == {"x.jpg": "京A1"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no column named file or label.*file,label"),
        ("file,text\nx.jpg,京A1\n", "no column named label"),
        ("000.jpg,京A1\n", "whose first line is file,label"),
        ("file,label\n", "no labelled rows"),
        ("file,label\nx.jpg,***\n", "no labelled rows"),
        ("file,label\nx.jpg,A1\nx.jpg,A2\n", "labels x.jpg twice: A1 and A2"),
        ("file,label\na/x.jpg,A1\nb\\x.jpg,A2\n", "labels x.jpg twice"),
    ],
)
def test_useless_labels_are_refused_with_their_reason(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(LabelError, match=message):
        read_labels(write(tmp_path / "labels.csv", text))


def test_what_is_no_text_is_refused_in_a_line(tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    table.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xfe")
    with pytest.raises(LabelError, match="no column") as caught:
        read_labels(table)
    assert len(str(caught.value).splitlines()) == 1
    with pytest.raises(LabelError, match=r"cannot be read: .*folder"):
        read_labels(tmp_path)
    with pytest.raises(LabelError, match=r"cannot be read: No such file"):
        read_labels(tmp_path / "none.csv")


def test_colours_are_read_where_they_are_given(tmp_path: Path) -> None:
    table = write(tmp_path / "1.csv", "file,label,Colour\nx.jpg,京A1,Blue\ny.jpg,京B2,\n")
    labels = read_labels(table, colours=COLOURS)
    assert (labels.colour("x.jpg"), labels.colour("y.jpg")) == ("blue", None)
    assert read_labels(write(tmp_path / "2.csv", "file,label\nx,A1\n"), None, COLOURS).colours == {}
    with pytest.raises(LabelError, match=r"x\.jpg must be one of blue, green.*pink"):
        read_labels(
            write(tmp_path / "3.csv", "file,label,colour\nx.jpg,京A1,pink\n"), None, COLOURS
        )


def test_a_missing_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="column named set"):
        read_labels(write(tmp_path / "1.csv", "file,label\nx.jpg,A1\n"), "a")
    with pytest.raises(LabelError, match="of the set 'b'"):
        read_labels(write(tmp_path / "2.csv", "set,file,label\na,x.jpg,A1\n"), "b")


def test_a_name_goes_before_a_stem_and_numbers_are_no_suffixes() -> None:
    pictures = [Path(name) for name in ("a.bmp", "a.png", "0.2.x.1.png", "0.2.x.2.png")]
    names = ["a.png", "a.jpg", "0.2.x.2", "0.2.x.1.JPG", "0.2.x"]
    found = named_pictures(names, pictures)
    expected = ["a.png", "a.bmp", "0.2.x.2.png", "0.2.x.1.png", None]
    assert [path and path.name for path in found.values()] == expected


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    rows = [("车, 1.png", "京A12345"), ("caf\udce9.png", "鲁B2345学"), ('"q" \n.png', "豫C1")]
    write_labels(path, rows)
    labels = read_labels(path)
    assert labels.of_pictures([tmp_path / name for name, _ in rows]) == [text for _, text in rows]
    assert path.read_bytes().startswith(b"file,label\n")
