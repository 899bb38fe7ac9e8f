"""Model files that are zip archives: torch, TorchScript, Keras 3, skops, TorchServe, Stable-Baselines3."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from debtscan.artefacts.bytes import MalformedError
from debtscan.artefacts.keras import has_code
from debtscan.artefacts.pickled import found
from debtscan.artefacts.pickles import read_pickle
from debtscan.artefacts.records import FoundModel
from debtscan.artefacts.zips import Member, members

_INFO_VERSION = re.compile(r"^- (PyTorch|Numpy|Stable-Baselines3|Gym|Gymnasium): (\d+(?:\.\d+)+)", re.MULTILINE)
_INFO_NAMES = {
    "PyTorch": "torch",
    "Numpy": "numpy",
    "Stable-Baselines3": "stable-baselines3",
    "Gym": "gym",
    "Gymnasium": "gymnasium",
}


def read_zip(data: bytes, *, cut: bool) -> FoundModel | None:
    """None for an archive of something else. Raises `MalformedError`."""
    by_name = {member.name: member for member in members(data)}
    by_end = {name.rpartition("/")[2]: member for name, member in by_name.items() if name.count("/") <= 1}
    for mark, reader in _READERS.items():
        if mark in by_end:
            return reader(by_end, cut)
    if any(name.startswith("MAR-INF/") for name in by_name):
        return FoundModel("torch_archive", "model", unsafe=True, framework="torch", whole=not cut)
    return None


def _torch(named: Mapping[str, Member], cut: bool) -> FoundModel:
    member = named["data.pkl"]
    seen = read_pickle(member.read(), cut=not member.whole)
    if any(name.startswith("__torch__.") for name in seen.imports):
        # its own unpickler knows only the classes that the archive brings, and runs no Python
        return FoundModel("torchscript", "model", unsafe=False, framework="torch", whole=not cut)
    return found("torch", seen, cut=not member.whole)


def _keras(named: Mapping[str, Member], _: bool) -> FoundModel | None:
    metadata = _json(named["metadata.json"])
    version = metadata.get("keras_version")
    if not isinstance(version, str):
        return None
    config = named.get("config.json")
    code = has_code(config.read().decode("utf-8", "replace")) if config else None
    return FoundModel("keras", "model", unsafe=code, versions=[("keras", version)], framework="keras")


def _skops(named: Mapping[str, Member], _: bool) -> FoundModel | None:
    schema = _json(named["schema.json"])
    version = schema.get("_skops_version")
    if not isinstance(version, str):
        return None
    module = str(schema.get("__module__", ""))
    framework = "scikit-learn" if module.startswith("sklearn.") else None
    return FoundModel("skops", "model", unsafe=False, versions=[("skops", version)], framework=framework)


def _stable_baselines(named: Mapping[str, Member], cut: bool) -> FoundModel:
    info = named["system_info.txt"].read().decode("utf-8", "replace") if "system_info.txt" in named else ""
    versions = {_INFO_NAMES[name]: version for name, version in _INFO_VERSION.findall(info)}
    own = named["_stable_baselines3_version"].read().decode("utf-8", "replace").strip()
    versions = {"stable-baselines3": own[:40]} | versions
    return FoundModel(
        "stable_baselines3",
        "model",
        unsafe=True,
        versions=list(versions.items()),
        framework="stable-baselines3",
        whole=not cut,
    )


def _json(member: Member) -> dict[str, Any]:
    try:
        value = json.loads(member.read())
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"{member.name} in it is no JSON") from error
    return value if isinstance(value, dict) else {}


_READERS: Mapping[str, Callable[[Mapping[str, Member], bool], FoundModel | None]] = {
    "_stable_baselines3_version": _stable_baselines,
    "data.pkl": _torch,
    "schema.json": _skops,
    "metadata.json": _keras,
}
