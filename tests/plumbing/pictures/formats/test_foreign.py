"""Files of other kinds are named."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from plumbing.pictures.codec import PictureError, load_picture
from plumbing.pictures.formats.foreign import name_kind


def media(major: bytes, *compatible: bytes) -> bytes:
    content = b"ftyp" + major + bytes(4) + b"".join(compatible)
    return struct.pack(">I", 4 + len(content)) + content + bytes(600)


def pillow(file_format: str, mode: str = "RGB") -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.zeros((32, 32, 3), np.uint8)).convert(mode).save(stream, file_format)
    return stream.getvalue()


def zip_file() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("picture.jpg", b"content")
    return stream.getvalue()


KINDS = {
    "GIF": pillow("GIF", "P"),
    "icon": pillow("ICO"),
    "PNM": pillow("PPM"),
    "JPEG 2000": pillow("JPEG2000"),
    "bare JPEG 2000": b"\xff\x4f\xff\x51" + bytes(100),
    "PDF": pillow("PDF"),
    "DDS": pillow("DDS"),
    "JPEG XL": b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(100),
    "bare JPEG XL": b"\xff\x0a\xfa\x1f" + bytes(100),
    "HEIC": media(b"heic", b"mif1", b"heic"),
    "HEIC: mif1": media(b"mif1", b"mif1", b"heic"),
    "HEIC: msf1": media(b"msf1", b"msf1", b"hevc"),
    "HEIC: msf1 alone": media(b"msf1"),
    "AVIF": media(b"avif", b"mif1", b"miaf"),
    "AVIF: mif1": media(b"mif1", b"avif"),
    "AVIF: avis": media(b"avis", b"msf1"),
    "MP4": media(b"isom", b"iso2", b"avc1", b"mp41"),
    "MP4: mp42": media(b"mp42", b"isom"),
    "QuickTime": media(b"qt  "),
    "raw file": media(b"crx ", b"isom"),
    "Matroska": b"\x1aE\xdf\xa3" + bytes(100),
    "AVI": b"RIFF\x10\0\0\0AVI LIST" + bytes(100),
    "PSD": b"8BPS\0\1" + bytes(100),
    "ZIP": zip_file(),
    "RAR": b"Rar!\x1a\x07\x01\0",
    "gzip": b"\x1f\x8b\x08\0" + bytes(20),
    "DICOM": bytes(128) + b"DICM" + bytes(100),
    "HTML": b"<!DOCTYPE html><html>",
    "HTML: lower case": b"\n\n <!doctype html>\n<html>",
    "HTML: a mark": b"\xef\xbb\xbf<HTML lang=en>",
    "HTML: UTF-16": "<html>".encode("utf-16"),
    "HTML: in XML": b'<?xml version="1.0"?>\n<!DOCTYPE html><html xmlns="">',
    "XML": b'<?xml version="1.0"?><Error><Code>AccessDenied</Code>',
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "SVG: in XML": b'<?xml version="1.0"?>\n<!-- made --><svg width="1">',
    "JSON": b'{"error": "not found"}',
    "Git LFS": b"version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 12\n",
    "base64": b"/9j/4AAQSkZJRgABAQ",
    "data URL": b"data:image/png;base64,iVBORw0KGgo",
    "AppleDouble": b"\0\x05\x16\x07\0\2\0\0Mac OS X",
    "zeros": bytes(600),
    "line ends": b"\x89PNG\n\x1a\n" + bytes(100),
    "saved as text": b"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\0\x10JFIF",
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_is_named(tmp_path: Path, kind: str) -> None:
    (tmp_path / "picture.jpg").write_bytes(KINDS[kind])
    with pytest.raises(PictureError) as raised:
        load_picture(tmp_path / "picture.jpg")
    assert str(raised.value).startswith("not a picture (no JPEG, PNG, BMP, WebP or TIFF): it is ")
    assert kind.split(":")[0].removeprefix("bare ") in str(raised.value)


@pytest.mark.parametrize("data", [b"", b"words", b"\x01\x02", b"P", b"P8 \n", b"<", bytes([255])])
def test_what_is_not_known_is_not_named(data: bytes) -> None:
    assert name_kind(data) is None
