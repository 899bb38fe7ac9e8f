"""Pickles, told by their opcodes: nothing is imported, nothing is built.

joblib writes the bytes of an array right behind the object that describes it, inside the pickle; they are stepped over
(joblib 1.x, `numpy_pickle.NumpyArrayWrapper`).
"""

from __future__ import annotations

import math
import pickletools
import re
from io import BytesIO

from msgspec import Struct

from debtscan.artefacts.bytes import MalformedError
from debtscan.artefacts.stack import Global, Made, Stack

MAX_OPCODES = 1_000_000
"""About three seconds. A forest of a thousand trees has a tenth of it; lists of texts have more."""
MAX_IMPORTS = 500
_MAX_NESTED = 1_000
"""Pickles one behind the other or inside a joblib file."""
_FIRST_LOOK_BYTES, _FIRST_LOOK_OPCODES = 100_000, 100
_DOTTED = re.compile(r"[\w.]+(\.<\w+>)?")
_WRAPPER = "NumpyArrayWrapper"
_OLD_WRAPPER = "NDArrayWrapper"
_VERSION_KEYS = {
    "_sklearn_version": "scikit-learn",
    "pytorch-lightning_version": "pytorch-lightning",
    "__gensim_version__": "gensim",
    "transformers_version": "transformers",
}
_VERSION = re.compile(r"\d+(\.\d+)+([.+\-]?[a-z0-9.+]*)?", re.ASCII)
_PROTOCOL_0 = re.compile(rb"\(?[cild(N\]}]|\(lp0|\(dp0|\(i[\w.]+\n")
_ITEM_BYTES = re.compile(r"[<>=|]?[a-zA-Z](\d+)")


class Seen(Struct):
    """What the opcodes tell."""

    imports: dict[str, None]
    versions: dict[str, str]
    keys: dict[str, None]
    """First keys of its dictionaries that are texts."""
    protocol: int = 0
    whole: bool = True
    problem: str | None = None
    joblib: bool = False
    root: object = None
    size_bytes: int = 0
    """Bytes up to its last STOP."""


def may_be_pickle(data: bytes) -> bool:
    """Protocols 2 and later begin with their number; of the older ones only what is no text otherwise."""
    if data[:1] == b"\x80":
        return data[1:2] <= b"\x05" and len(data) > 1
    return bool(_PROTOCOL_0.match(data)) and _starts_with_opcodes(data)


def _starts_with_opcodes(data: bytes) -> bool:
    """Whether what may be text is a pickle of protocol 0 or 1: it makes sense to its STOP, or for a hundred opcodes."""
    names: list[str] = []
    stack = Stack(names.append, lambda _key, _value: None)
    try:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(data[:_FIRST_LOOK_BYTES])):
            stack.take(opcode.name, argument)
            if opcode.name == "STOP" or count > _FIRST_LOOK_OPCODES:
                return count > 1 and all(_DOTTED.fullmatch(name) for name in names)
    except (ValueError, OverflowError, IndexError, MemoryError):
        return False
    return False


def read_pickle(data: bytes, *, cut: bool = False) -> Seen:
    """Follow the opcodes of all pickles in `data`, of which the end may be missing (`cut`)."""
    seen = Seen({}, {}, {})
    try:
        _follow(data, seen)
    except MalformedError as error:
        seen.whole = False
        seen.problem = None if cut else str(error)
    return seen


def _follow(data: bytes, seen: Seen) -> None:
    stream = BytesIO(data)
    left = MAX_OPCODES
    for number in range(_MAX_NESTED):
        start = stream.tell()
        if start >= len(data) or (number and not may_be_pickle(data[start : start + 64])):
            return
        left, root = _one(stream, seen, left)
        if number == 0:
            seen.root = root
        seen.size_bytes = stream.tell()
        if left <= 0:
            raise MalformedError(f"only its first {MAX_OPCODES:,} opcodes were followed")


def _one(stream: BytesIO, seen: Seen, left: int) -> tuple[int, object]:
    """Follow one pickle; an array's bytes, and the pickle of an array of objects, are stepped over on the way."""

    def imported(name: Global) -> None:
        if len(seen.imports) < MAX_IMPORTS:
            seen.imports[str(name)] = None

    def keyed(key: str, value: object) -> None:
        if len(seen.keys) < MAX_IMPORTS:
            seen.keys[key] = None
        distribution = _VERSION_KEYS.get(key)
        if distribution and isinstance(value, str) and _VERSION.fullmatch(value):
            seen.versions.setdefault(distribution, value)

    stack = Stack(imported, keyed)
    operations = pickletools.genops(stream)
    try:
        while left > 0:
            opcode, argument, _ = next(operations)
            left -= 1
            if opcode.name == "PROTO" and argument is not None:
                seen.protocol = argument
            stack.take(opcode.name, argument)
            if opcode.name == "BUILD" and isinstance(stack.top, Made):
                left = _step_over(stream, stack.top, seen, left)
            elif opcode.name == "STOP":
                break
    except StopIteration:
        pass
    except MalformedError:
        raise
    except (ValueError, OverflowError, IndexError, MemoryError, RecursionError) as error:
        raise MalformedError("its opcodes end too early or make no sense") from error
    return left, stack.top


def _step_over(stream: BytesIO, made: Made, seen: Seen, left: int) -> int:
    """Go behind an array of joblib; returns the opcodes that are left."""
    name = made.callee.rpartition(".")[2] if isinstance(made.callee, Global) else ""
    if name == _OLD_WRAPPER:
        seen.joblib = True
    if name != _WRAPPER or not isinstance(made.state, dict):
        return left
    seen.joblib = True
    kind = made.state.get("dtype")
    if _is_of_objects(kind):
        left, _ = _one(stream, seen, left)
        return left
    size = _item_bytes(kind) * math.prod(_shape(made.state.get("shape")))
    if made.state.get("numpy_array_alignment_bytes") is not None:
        padding = stream.read(1)
        size += padding[0] if padding else 0
    stream.seek(size, 1)
    return left


def _kind(dtype: object) -> str:
    arguments = dtype.arguments if isinstance(dtype, Made) else None
    first = arguments[0] if isinstance(arguments, tuple) and arguments else None
    return first if isinstance(first, str) else ""


def _is_of_objects(dtype: object) -> bool:
    return _kind(dtype).lstrip("<>=|").startswith("O")


def _item_bytes(dtype: object) -> int:
    """Bytes of one item: `f8` has 8, `U7` 28. Raises `MalformedError` for a type that is not understood."""
    match = _ITEM_BYTES.fullmatch(_kind(dtype))
    if match is None:
        raise MalformedError("an array in it has a type that is not read")
    return int(match[1]) * (4 if "U" in match[0] else 1)


def _shape(shape: object) -> list[int]:
    if not isinstance(shape, tuple) or not all(isinstance(size, int) and 0 <= size < 1 << 40 for size in shape):
        raise MalformedError("an array in it has no shape")
    return list(shape)
