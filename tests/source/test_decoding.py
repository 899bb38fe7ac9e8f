"""The short way of decoding Python files against the long one."""

from __future__ import annotations

import io
import tokenize

from hypothesis import given
from hypothesis import strategies as st

from debtscan.source.text import decode_python

_PARTS = (b"\r", b"\n", b"\r\n", b"x = 1", b"# coding: latin-1", b"\xe9", b"\xc3\xa9", b"\xef\xbb\xbf", b"\0", b"\x0c")


@given(st.lists(st.sampled_from(_PARTS), max_size=8).map(b"".join))
def test_a_file_is_decoded_as_python_decodes_it_or_fails_in_the_same_words(data: bytes) -> None:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        expected = io.TextIOWrapper(io.BytesIO(data), encoding=encoding).read()
    except (SyntaxError, UnicodeDecodeError) as error:
        expected = str(error)
    try:
        found = decode_python(data)
    except (SyntaxError, UnicodeDecodeError) as error:
        found = str(error)
    assert found == expected
