"""Model files, told by their content: nothing is loaded, imported or run, whatever a file asks for.

`read_model` looks at the first bytes of a file and hands it to the reader of its format; `named` says what a name alone
promises where the content is not there.
"""

from __future__ import annotations

import re

from debtscan.artefacts.bytes import MalformedError
from debtscan.artefacts.hdf5 import MAGIC as HDF5
from debtscan.artefacts.headers import read_header
from debtscan.artefacts.keras import read_hdf5
from debtscan.artefacts.messages import read_message
from debtscan.artefacts.names import is_telling, named
from debtscan.artefacts.packed import NOT_READ, unpacked
from debtscan.artefacts.pickled import read_pickled
from debtscan.artefacts.pickles import may_be_pickle
from debtscan.artefacts.records import Format, FoundModel, Holds
from debtscan.artefacts.zipped import read_zip
from debtscan.artefacts.zips import MAGIC as ZIP

_TAR_MARK = slice(257, 262)
_MESSAGE = re.compile(rb"\x08[\x01-\x1e]|\x0a[\x01-\xff]")
"""How the messages begin that are models: a small version, or a first node."""


def read_model(data: bytes, size_bytes: int, *, packed: bool = False) -> FoundModel | None:
    """What the file that begins with `data` is; None for anything that is no model and no pickle.

    A file that begins like a model and is damaged has its `problem`; this never raises. `packed` is for the content of
    a compressed file, which is not unpacked twice.
    """
    cut = size_bytes > len(data)
    try:
        return _read(data, size_bytes, cut=cut, packed=packed)
    except MalformedError as error:
        return FoundModel(_damaged(data), whole=False, problem=None if cut else str(error))


def _read(data: bytes, size_bytes: int, *, cut: bool, packed: bool) -> FoundModel | None:
    if data.startswith(ZIP):
        return read_zip(data, cut=cut)
    if data.startswith(HDF5):
        return read_hdf5(data, cut=cut)
    if may_be_pickle(data):
        return read_pickled(data, cut=cut)
    if data[_TAR_MARK] == b"ustar" and data.startswith((b"sys_info\0", b"pickle\0", b"./pickle\0")):
        return FoundModel("torch", "model", unsafe=True, framework="torch", whole=False)
    if (found := read_header(data, size_bytes)) is not None:
        return found
    if not packed and (found := _unpacked(data)) is not None:
        return found
    return read_message(data, cut=cut) if _MESSAGE.match(data) else None


def _unpacked(data: bytes) -> FoundModel | None:
    """A model inside a compressed file: joblib compresses a pickle by itself."""
    if any(data.startswith(magic) for magic, _ in NOT_READ):
        return None
    try:
        answer = unpacked(data)
    except ValueError:
        return None
    if answer is None:
        return None
    content, whole = answer
    return read_model(content, len(content) + (not whole), packed=True)


def _damaged(data: bytes) -> Format:
    return "hdf5" if data.startswith(HDF5) else "safetensors" if data[8:9] == b"{" else "unknown"


__all__ = ["Format", "FoundModel", "Holds", "is_telling", "named", "read_model"]
