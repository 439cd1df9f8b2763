"""Files of everything that may lie among pictures, and what is to become of each."""

from __future__ import annotations

import io
import os
import struct
import zlib

import cv2
import numpy as np
from PIL import Image, ImageOps

Size = tuple[int, int]  # width and height of the picture that is read
DAMAGED = "damaged"
LARGE = "too large"
FOREIGN = "not a picture"


def image() -> Image.Image:
    noise = np.random.default_rng(7).uniform(0, 1, (20, 60, 3)).astype(np.float32)
    smooth = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 3), None, 0, 255, cv2.NORM_MINMAX)
    return Image.fromarray(smooth.astype(np.uint8))


def encode(format_name: str, mode: str = "RGB", **options: object) -> bytes:
    stream = io.BytesIO()
    picture = image().convert("L" if mode == "I;16" else mode)
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(picture).astype(np.uint16) * 257)
    picture.save(stream, format_name, **options)
    return stream.getvalue()


def several(format_name: str) -> bytes:
    return encode(format_name, save_all=True, append_images=[ImageOps.invert(image())])


def turned(format_name: str, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encode(format_name, exif=exif)


def png_chunk(name: bytes, content: bytes = b"") -> bytes:
    checksum = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + checksum


def png(width: int, height: int, pixels: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(pixels)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


def tiff(tags: dict[int, int], big: bool = False) -> bytes:
    """Make the header of a TIFF file with 32 bit numbers."""
    if big:
        start = b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, len(tags))
        return start + b"".join(struct.pack("<HHQII", tag, 4, 1, tags[tag], 0) for tag in tags)
    start = b"II*\0" + struct.pack("<IH", 8, len(tags))
    return start + b"".join(struct.pack("<HHII", tag, 4, 1, tags[tag]) for tag in tags) + bytes(4)


def jpeg_claiming(width: int, height: int) -> bytes:
    data = bytearray(encode("JPEG"))
    frame = data.index(b"\xff\xc0")
    struct.pack_into(">HH", data, frame + 5, height, width)
    return bytes(data)


def webp_claiming(width: int, height: int) -> bytes:
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0" + bytes(4) + sizes


def without_end(data: bytes, missing: int) -> bytes:
    return data[: len(data) - missing]


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def late_frame() -> bytes:
    """Make a JPEG whose size comes after two megabytes of metadata."""
    data = encode("JPEG")
    segment = b"\xff\xe1\xff\xff" + b"Exif" + bytes(65_529)
    return data[:2] + segment * 32 + data[2:]


def contents() -> dict[str, tuple[bytes, Size | str | None]]:
    """Name the files with their contents, and the size or the reason; None: no picture at all."""
    jpeg, whole_png, webp = encode("JPEG"), encode("PNG"), encode("WEBP")
    bmp, whole_tiff = encode("BMP"), encode("TIFF")
    size = (60, 20)
    files: dict[str, tuple[bytes, Size | str | None]] = {
        # Names
        "-rf.png": (whole_png, size),
        "--help.png": (whole_png, size),
        "with spaces (1).jpg": (jpeg, size),
        "京A12345.png": (whole_png, size),
        "é composed otherwise: e\u0301.png": (whole_png, size),
        "two\nlines.png": (whole_png, size),
        'quote\'s "and" $HOME `x` *.png': (whole_png, size),
        "%s %d {0}.png": (whole_png, size),
        "\x1b[31mred.png": (whole_png, size),
        "x" * 251 + ".png": (whole_png, size),
        "ü" * 125 + "y.png": (whole_png, size),
        "SHOUTING.PNG": (whole_png, size),
        "no suffix": (jpeg, size),
        "other suffix.dat": (webp, size),
        "wrong suffix.jpg": (whole_png, size),
        "..two dots.png": (whole_png, None),  # hidden
        # Kinds of pictures
        "grey.png": (encode("PNG", "L"), size),
        "16 bit.png": (encode("PNG", "I;16"), size),
        "16 bit.tif": (encode("TIFF", "I;16"), size),
        "1 bit.png": (encode("PNG", "1"), size),
        "fax.tif": (encode("TIFF", "1", compression="group4"), size),
        "palette.png": (encode("PNG", "P"), size),
        "print.jpg": (encode("JPEG", "CMYK"), size),
        "print.tif": (encode("TIFF", "CMYK"), size),
        "progressive.jpg": (encode("JPEG", progressive=True), size),
        "animated.webp": (several("WEBP"), size),
        "animated.png": (several("PNG"), size),
        "two pages.tif": (several("TIFF"), size),
        "profile.jpg": (encode("JPEG", icc_profile=b"not a profile" * 100), size),
        "profile.png": (encode("PNG", icc_profile=b"not a profile" * 100), size),
        "big.tif": (encode("TIFF", big_tiff=True), size),
        "float.tif": (encode("TIFF", "F"), "float32"),
        "integers.tif": (encode("TIFF", "I"), "int32"),
        "one pixel.png": (png(1, 1, b"\0\xff"), (1, 1)),
        "one row.png": (png(300, 1, b"\0" + bytes(300)), (300, 1)),
        "one column.png": (png(1, 300, b"\0\xff" * 300), (1, 300)),
        # Pictures that are whole, with oddities
        "late frame.jpg": (late_frame(), size),
        "garbage behind.jpg": (jpeg + os.urandom(10_000), size),
        "garbage behind.png": (whole_png + os.urandom(10_000), size),
        "archive behind.jpg": (jpeg + b"PK\x03\x04" + bytes(50), size),
        "another behind.jpg": (jpeg + whole_png, size),
        "script within.png": (
            whole_png[:33] + png_chunk(b"tEXt", b"a\0<script>alert(1)</script>") + whole_png[33:],
            size,
        ),
        "no end marker.jpg": (without_end(jpeg, 2), size),
        "half an end marker.jpg": (without_end(jpeg, 1), size),
        # Files that end too early
        "empty.png": (b"", "empty"),
        "empty": (b"", None),
        "nearly whole.jpg": (without_end(jpeg, 3), DAMAGED),
        "half.jpg": (half(jpeg), DAMAGED),
        "half with an end.jpg": (half(jpeg) + b"\xff\xd9", DAMAGED),
        "half and zeros.jpg": (half(jpeg) + bytes(len(jpeg)), DAMAGED),
        "half progressive.jpg": (half(encode("JPEG", progressive=True)), DAMAGED),
        "start.jpg": (jpeg[:3], DAMAGED),
        "tables only.jpg": (jpeg[: jpeg.index(b"\xff\xc0")], DAMAGED),
        "no scan.jpg": (jpeg[: jpeg.index(b"\xff\xda")], DAMAGED),
        "half.png": (half(whole_png), DAMAGED),
        "no end.png": (without_end(whole_png, 12), DAMAGED),
        "start.png": (whole_png[:8], DAMAGED),
        "half.bmp": (half(bmp), DAMAGED),
        "start.bmp": (bmp[:2], DAMAGED),
        "half.webp": (half(webp), DAMAGED),
        "start.webp": (webp[:12], DAMAGED),
        "half.tif": (half(whole_tiff), DAMAGED),
        "start.tif": (whole_tiff[:8], DAMAGED),
        # Damage
        "flipped.png": (whole_png[:60] + bytes([whole_png[60] ^ 1]) + whole_png[61:], DAMAGED),
        "no width.png": (png(0, 20), DAMAGED),
        "no height.jpg": (jpeg_claiming(60, 0), DAMAGED),
        "no size.tif": (tiff({258: 8}), DAMAGED),
        "no pixels.png": (png(60, 20), DAMAGED),
        "nowhere.tif": (b"II*\0\xff\xff\xff\xff", DAMAGED),
        "nowhere big.tif": (b"II+\0\x08\0\0\0" + b"\xff" * 8, DAMAGED),
        "countless.tif": (b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 2**60), DAMAGED),
        "circle.tif": (tiff({256: 60, 257: 20, 273: 8, 279: 99}), DAMAGED),
        "zeros.bmp": (b"BM" + bytes(1000), DAMAGED),
        # Claims
        "bomb.png": (png(20_000, 20_000, bytes(10**6)), f"{LARGE}: 20000x20000"),
        "largest.png": (png(2**31 - 1, 2**31 - 1), f"{LARGE}: 2147483647x2147483647"),
        "claim.jpg": (jpeg_claiming(20_000, 20_000), f"{LARGE}: 20000x20000"),
        "claim.webp": (webp_claiming(16_000, 16_000), f"{LARGE}: 16000x16000"),
        "claim.bmp": (
            b"BM" + bytes(12) + struct.pack("<Iii", 40, 30_000, -30_000),
            f"{LARGE}: 30000x30000",
        ),
        "claim.tif": (tiff({256: 20_000, 257: 20_000}), f"{LARGE}: 20000x20000"),
        "claim big.tif": (tiff({256: 20_000, 257: 20_000}, big=True), f"{LARGE}: 20000x20000"),
        "tile.tif": (tiff({256: 60, 257: 20, 322: 2**16, 323: 2**16}), f"{LARGE}: 60x20 in tiles"),
        # Other kinds of files
        "text.png": (b"These are words.", FOREIGN),
        "page.jpg": (b"<!DOCTYPE html><html>404 Not Found</html>", f"{FOREIGN}.*HTML"),
        "drawing.png": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", f"{FOREIGN}.*SVG"),
        "iphone.jpg": (b"\0\0\0\x24ftypheic" + bytes(100), f"{FOREIGN}.*HEIC"),
        "animation.png": (encode("GIF"), f"{FOREIGN}.*GIF"),
        "document.jpg": (b"%PDF-1.7\n" + jpeg, f"{FOREIGN}.*PDF"),
        "archive.png": (b"PK\x03\x04" + whole_png, f"{FOREIGN}.*ZIP"),
        "zeros.png": (bytes(1000), FOREIGN),
        "shifted.jpg": (b"\n" + jpeg, FOREIGN),
        "animation.gif": (encode("GIF"), None),
        "notes.txt": (b"These are words.", None),
        "Thumbs.db": (jpeg, None),
        ".hidden.jpg": (jpeg, None),
        "._picture.jpg": (b"\0\5\x16\7", None),
    }
    for orientation in range(1, 9):
        expected = size if orientation < 5 else (20, 60)
        files[f"turned {orientation}.jpg"] = (turned("JPEG", orientation), expected)
    return files


# Which of those above that are no pictures are seen at all.
OTHERS = ["empty", "animation.gif", "notes.txt"]
