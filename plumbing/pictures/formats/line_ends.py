"""Files whose line ends were changed by a transfer as text: FTP in ASCII mode, version control."""

from __future__ import annotations

CHANGED_LINE_ENDS = "damaged: its line ends were changed, by a transfer as text"

# In data that look random, one byte in 256 is a line feed. That all of so many stand behind a
# carriage return, or that so many bytes hold none, does not happen by chance.
_LINE_ENDS = 4
_LINE_ENDS_OF_PIXELS = 16
_BYTES = 2048


def line_ends_were_changed(data: bytes) -> bool:
    """Tell whether compressed data that are damaged have had each LF or CR made something else."""
    line_feeds, both = data.count(b"\n"), data.count(b"\r\n")
    if line_feeds == both:
        return both >= _LINE_ENDS or len(data) >= _BYTES
    return len(data) >= _BYTES and not data.count(b"\r")


def line_ends_were_expanded(data: bytes) -> bool:
    """Tell whether data of any kind have had each LF made CR LF."""
    both = data.count(b"\r\n")
    return both >= _LINE_ENDS_OF_PIXELS and both == data.count(b"\n")
