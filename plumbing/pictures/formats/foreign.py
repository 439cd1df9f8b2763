"""Naming files that are often called .jpg or .png, but are of another kind."""

from __future__ import annotations

FOREIGN_BYTES = 512  # from the start of a file: enough to name every kind here

# The bytes at the start of a file, and what they tell.
_SIGNATURES = {
    b"GIF8": "a GIF",
    b"\xff\x0a": "a JPEG XL",
    b"\0\0\0\x0cJXL \r\n\x87\n": "a JPEG XL",
    b"\0\0\0\x0cjP  \r\n\x87\n": "a JPEG 2000",
    b"\xff\x4f\xff\x51": "a JPEG 2000",
    b"II\xbc": "a JPEG XR",
    b"8BPS": "a Photoshop file (PSD)",
    b"gimp xcf": "a GIMP file (XCF)",
    b"qoif": "a QOI",
    b"BPG\xfb": "a BPG",
    b"FLIF": "a FLIF",
    b"\0\0\1\0": "an icon (ICO)",
    b"\0\0\2\0": "a cursor (CUR)",
    b"icns": "an icon (ICNS)",
    b"v/1\x01": "an OpenEXR",
    b"#?RADIANCE": "a Radiance HDR",
    b"DDS ": "a DDS",
    b"\x8bJNG\r\n\x1a\n": "a JNG",
    b"\x8aMNG\r\n\x1a\n": "an MNG",
    b"\x59\xa6\x6a\x95": "a Sun raster",
    b"AT&TFORM": "a DjVu",
    b"\xd7\xcd\xc6\x9a": "a Windows metafile (WMF)",
    b"FUJIFILMCCD-RAW": "a camera's raw file (RAF)",
    b"IIU\0": "a camera's raw file (RW2)",
    b"IIRO": "a camera's raw file (ORF)",
    b"%PDF": "a PDF",
    b"%!PS": "PostScript",
    b"\xc5\xd0\xd3\xc6": "PostScript (EPS)",
    b"{\\rtf": "an RTF document",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "a Microsoft Office document",
    b"PK\x03\x04": "a ZIP file",
    b"PK\x05\x06": "a ZIP file",
    b"Rar!\x1a\x07": "a RAR file",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip file",
    b"\x1f\x8b": "a gzip file",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ\0": "an xz file",
    b"\x28\xb5\x2f\xfd": "a Zstandard file",
    b"\x1aE\xdf\xa3": "a Matroska or WebM film",
    b"FLV\x01": "a Flash film",
    b"\0\0\1\xba": "an MPEG film",
    b"\0\0\1\xb3": "an MPEG film",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": "a Windows Media film",
    b"OggS": "an Ogg file",
    b"ID3": "an MP3",
    b"\x93NUMPY": "a NumPy array",
    b"\x89HDF\r\n\x1a\n": "an HDF5 file",
    b"SIMPLE  =": "a FITS file",
    b"SQLite format 3\0": "an SQLite database",
    b"\x7fELF": "a programme (ELF)",
    b"MZ": "a programme of Windows",
    b"L\0\0\0\x01\x14\x02\0": "a shortcut of Windows",
    b"\0\x05\x16\x07": "the metadata that macOS keeps beside a file (AppleDouble)",
    b"\0\x05\x16\0": "the metadata that macOS keeps beside a file (AppleSingle)",
    b"version https://git-lfs.github.com/": "a Git LFS pointer: fetch the file with git lfs pull",
    b"version https://hawser.github.com/": "a Git LFS pointer: fetch the file with git lfs pull",
    b"[InternetShortcut]": "a link to a web page",
    b"data:image/": "a picture as text (a data URL)",
    b"/9j/": "a JPEG as text (base64)",
    b"iVBORw0KGgo": "a PNG as text (base64)",
    b"\x89PNG": "a PNG whose line ends were changed, by a transfer as text",
    b"\xff\xd8": "a JPEG that is damaged from its second marker on",
    b"\xef\xbf\xbd": "a file whose bytes were replaced when it was saved as text",
    b"\xc3\xbf\xc3\x98": "a JPEG that was saved as text in UTF-8",
    b"\xc2\x89PNG": "a PNG that was saved as text in UTF-8",
}

# The brands of ISO base media files (ISO/IEC 14496-12): what stands behind "ftyp".
_BRANDS = {
    b"avif": "an AVIF",
    b"avis": "an AVIF",
    **dict.fromkeys(
        [b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs"], "an HEIC"
    ),
    b"mif1": "an HEIF",
    b"mif2": "an HEIF",
    b"msf1": "an HEIF",
    b"jxl ": "a JPEG XL",
    b"jp2 ": "a JPEG 2000",
    b"crx ": "a camera's raw file (CR3)",
    b"qt  ": "a QuickTime film",
}

# The forms of RIFF, of which WebP is one.
_RIFF = {b"AVI ": "an AVI film", b"WAVE": "a WAV sound", b"ACON": "a cursor (ANI)"}

# Text begins with one of these, in any case, behind blanks and a byte order mark.
_TEXTS = {
    b"<!doctype html": "HTML",
    b"<html": "HTML",
    b"<head": "HTML",
    b"<body": "HTML",
    b"<svg": "an SVG",
    b"<!doctype svg": "an SVG",
    b"<?xml": "XML",
    b"<?php": "PHP",
    b"<!--": "HTML or XML",
    b"<error": "XML",
    b"{": "JSON",
}


def name_kind(start: bytes) -> str | None:
    """Name the kind of a file by its first FOREIGN_BYTES, "a GIF"; None for what is not known."""
    for signature, kind in _SIGNATURES.items():
        if start.startswith(signature):
            return kind
    if start[4:8] == b"ftyp":
        return _name_media(start)
    if start.startswith(b"RIFF") and start[8:12] in _RIFF:
        return _RIFF[start[8:12]]
    if start[:1] == b"P" and start[1:2] in b"1234567" and start[2:3].isspace():
        return "a PNM (PBM, PGM, PPM)"
    if start[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "a QuickTime film"
    if start[128:132] == b"DICM":
        return "a DICOM"
    if start[257:262] == b"ustar":
        return "a TAR file"
    if start and not start.strip(b"\0"):
        return "zeros, where its content should be"
    return _name_text(start)


def _name_media(start: bytes) -> str:
    """Name an ISO base media file by its brand, or, where that is general, by the compatible."""
    length = int.from_bytes(start[:4], "big")
    brands = [start[8:12], *(start[place : place + 4] for place in range(16, min(length, 512), 4))]
    if brands[0] in _BRANDS and not _BRANDS[brands[0]].endswith("HEIF"):
        return _BRANDS[brands[0]]
    # "mif1" and "msf1" tell the structure only.
    named = [_BRANDS[brand] for brand in brands if brand in _BRANDS]
    exact = [name for name in named if not name.endswith("HEIF")]
    if named and not exact:
        return "an HEIC"
    return (exact or ["an MP4 film"])[0]


def _name_text(start: bytes) -> str | None:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16
        start = start[2:].replace(b"\0", b"")
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for beginning, kind in _TEXTS.items():
        if text.startswith(beginning):
            if kind == "XML" and b"<svg" in text:
                return "an SVG"
            if kind.endswith("XML") and b"<html" in text:
                return "HTML"
            return kind
    return None
