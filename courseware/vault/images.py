"""Which picture some bytes are: type and size come from the bytes themselves."""

import struct
from dataclasses import dataclass

SUFFIXES = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
}


@dataclass(frozen=True)
class Picture:
    """`width` and `height` in pixels."""

    media_type: str
    width: int
    height: int


def recognise(data: bytes) -> Picture | None:
    """None for anything but png, jpg, webp and gif."""
    for read in (_png, _gif, _webp, _jpeg):
        try:
            picture = read(data)
        except (struct.error, IndexError):
            continue
        if picture and picture.width and picture.height:
            return picture
    return None


def _png(data: bytes) -> Picture | None:
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
        return None
    return Picture("image/png", *struct.unpack(">II", data[16:24]))


def _gif(data: bytes) -> Picture | None:
    if data[:6] not in {b"GIF87a", b"GIF89a"}:
        return None
    return Picture("image/gif", *struct.unpack("<HH", data[6:10]))


def _webp(data: bytes) -> Picture | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return None
    kind = data[12:16]
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return Picture("image/webp", width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L":
        bits = struct.unpack("<I", data[21:25])[0]
        return Picture("image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8X":
        # Two numbers of three bytes, one less than the size.
        width, width_high, height, height_high = struct.unpack("<HBHB", data[24:30])
        return Picture(
            "image/webp",
            (width | width_high << 16) + 1,
            (height | height_high << 16) + 1,
        )
    return None


def _jpeg(data: bytes) -> Picture | None:
    """The size stands in the frame header (SOFn), after any number of segments."""
    if data[:3] != b"\xff\xd8\xff":
        return None
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return Picture("image/jpeg", width, height)
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return None
