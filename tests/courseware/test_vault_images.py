"""Which picture some bytes are, and how large."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseware.vault.images import Picture, recognise
from tests.courseware.small_course import png

GIF = b"GIF89a" + struct.pack("<HH", 30, 20) + b"\0\0\0;"
JPEG = (
    b"\xff\xd8"
    + b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"  # APP0 comes first
    + b"\xff\xc0\x00\x11\x08"
    + struct.pack(">HH", 20, 30)
    + b"\x03" * 10
)
RIFF = b"RIFF\0\0\0\0WEBP"
LOSSY = RIFF + b"VP8 \0\0\0\0\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 30, 20)
LOSSLESS = RIFF + b"VP8L\0\0\0\0\x2f" + struct.pack("<I", 29 | 19 << 14)
EXTENDED = (
    RIFF
    + b"VP8X\0\0\0\0\0\0\0\0"
    + (29).to_bytes(3, "little")
    + (19).to_bytes(3, "little")
)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (png(30, 20), "image/png"),
        (GIF, "image/gif"),
        (GIF.replace(b"89a", b"87a"), "image/gif"),
        (JPEG, "image/jpeg"),
        (LOSSY, "image/webp"),
        (LOSSLESS, "image/webp"),
        (EXTENDED, "image/webp"),
    ],
)
def test_pictures(data, media_type):
    assert recognise(data) == Picture(media_type, 30, 20)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a",
        b"GIF89a" + b"\0" * 8,
        b"\x89PNG\r\n\x1a\n",
        png()[:12] + b"IDAT" + png()[16:],
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0\x00\x00" * 4,
        b"RIFF\0\0\0\0WEBPVP9 ",
        b"%PDF-1.7",
    ],
)
def test_what_is_no_picture(data):
    assert recognise(data) is None


@given(
    data=st.binary(max_size=60), start=st.sampled_from([b"", JPEG[:4], RIFF, GIF[:6]])
)
def test_any_bytes_are_a_picture_or_none(data, start):
    picture = recognise(start + data)
    assert picture is None or (picture.width > 0 and picture.height > 0)


@pytest.mark.parametrize("data", [JPEG, LOSSY, LOSSLESS, EXTENDED, GIF, png(30, 20)])
def test_a_picture_that_breaks_off_is_none_or_has_a_size(data):
    for end in range(len(data)):
        picture = recognise(data[:end])
        assert picture is None or picture == recognise(data)


def test_a_long_chain_of_segments_ends():
    assert recognise(b"\xff\xd8" + b"\xff\xe0\x00\x02" * 200_000) is None
