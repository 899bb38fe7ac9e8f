"""No file makes a reader raise, hang or fill the memory, and no pickle is ever loaded."""

from __future__ import annotations

import bz2
import io
import lzma
import pickle
import struct
import tracemalloc
import zlib
from collections import Counter, OrderedDict, deque
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debtscan.artefacts import read_model
from debtscan.artefacts.pickles import MAX_OPCODES, read_pickle

FILES = sorted((Path(__file__).parent / "files").iterdir())
CONTENTS = [file.read_bytes() for file in FILES]

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300) | st.binary(max_size=300)
objects = (
    scalars
    | st.dates()
    | st.decimals()
    | st.fractions()
    | st.builds(Counter, st.text(max_size=5))
    | st.sampled_from([OrderedDict, deque, Path, print, len])
)
values = st.recursive(
    objects,
    lambda inner: (
        st.lists(inner, max_size=70)
        | st.dictionaries(st.text(max_size=5), inner)
        | st.tuples(inner, inner)
        | st.builds(deque, st.lists(inner, max_size=3))
        | st.frozensets(st.integers())
    ),
    max_leaves=40,
)


class Recorder(pickle.Unpickler):
    """What the real machine imports."""

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data))
        self.imports: dict[str, None] = {}

    def find_class(self, module, name):
        self.imports[f"{module}.{name}"] = None
        return super().find_class(module, name)


@given(values, st.integers(0, pickle.HIGHEST_PROTOCOL))
def test_the_imports_are_those_of_the_real_machine(value, protocol):
    data = pickle.dumps(value, protocol)
    recorder = Recorder(data)
    # the names of Python 2 that protocols below 3 write are mapped back by the real machine
    mapped = {"copy_reg": "copyreg", "__builtin__": "builtins"}
    recorder.load()
    seen = read_pickle(data)
    found = {
        ".".join([mapped.get(name.split(".")[0], name.split(".")[0]), *name.split(".")[1:]]) for name in seen.imports
    }
    real = {name.replace("copy_reg.", "copyreg.").replace("__builtin__.", "builtins.") for name in recorder.imports}
    assert (found, seen.whole, seen.problem, seen.size_bytes) == (real, True, None, len(data))


@given(st.sampled_from(CONTENTS), st.data())
@settings(max_examples=400)
def test_a_mutated_file_never_raises(content, data):
    changed = bytearray(content)
    for _ in range(data.draw(st.integers(1, 8))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    kept = data.draw(st.integers(0, len(changed)))
    size = kept + data.draw(st.sampled_from([0, 0, 1, 10**9]))
    read_model(bytes(changed[:kept]), size)


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", b"\x80\x04", b"\x08\x01", b"\x0a"]),
)
def test_arbitrary_bytes_never_raise(data, beginning):
    read_model(beginning + data, len(beginning) + len(data))


def test_nothing_is_loaded(tmp_path):
    trace = tmp_path / "trace"

    class Attack:
        def __reduce__(self):
            return Path.touch, (trace,)

    model = read_model(data := pickle.dumps(Attack()), len(data))
    assert (model.unsafe, trace.exists()) == (True, False)
    assert any(name.endswith("Path.touch") or name == "builtins.getattr" for name in model.imports)


NESTED = b"\x80\x04N" + b"2\x86" * 60
"""A tuple that holds itself twice, sixty times over: printing or comparing it never ends."""
WRAPPED = (
    b"\x80\x04cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(X\x05\x00\x00\x00dtypecnumpy\ndtype\n("
    + NESTED[2:]
    + b"tRX\x05\x00\x00\x00shapeK\x01\x85ub"
)
DEFLATE = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
BODY = DEFLATE.compress(b"\x80\x04" + b"N" * 50_000_000) + DEFLATE.flush()
HEADER = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, 0, len(BODY), 0, 10, 0)
BOMBS = {
    "more opcodes than are followed": (b"\x80\x04" + b"N" * (MAX_OPCODES + 1_000_000), "pickle"),
    "a tuple of tuples without end": (NESTED + b".", "pickle"),
    "an array whose type has no end": (WRAPPED + bytes(50), "joblib"),
    "gzip": (zlib.compress(b"\x80\x04" + b"N" * 50_000_000), "pickle"),
    "bzip2": (bz2.compress(b"\x80\x04" + b"N" * 50_000_000), "pickle"),
    "xz": (lzma.compress(b"\x80\x04" + b"N" * 50_000_000, preset=0), "pickle"),
    "zip": (b"PK\x03\x04" + HEADER + b"m/data.pkl" + BODY, "torch"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_told_in_bounded_memory(name):
    data, form = BOMBS[name]
    tracemalloc.start()
    model = read_model(data, len(data))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert model.format == form
    assert model.whole == (name == "a tuple of tuples without end")
    assert peak < 150_000_000


def test_of_two_gigabytes_of_holes_only_the_beginning_is_followed():
    opened = b"\x80\x04\x8e" + struct.pack("<Q", 2_000_000_000)
    model = read_model(opened + bytes(1_000_000), 2_000_000_014)
    assert (model.format, model.whole, model.unsafe) == ("pickle", False, True)
