"""Model files that are pickles, or hold one: pickle, joblib, torch's old format."""

from __future__ import annotations

from debtscan.artefacts.imports import framework_of, is_plain, is_weights
from debtscan.artefacts.pickles import Seen, read_pickle
from debtscan.artefacts.records import Format, FoundModel, Holds

_TORCH_MAGIC = 0x1950A86A20F9469CFC6C
"""The first object of a file of torch before 1.6 (`torch.serialization.MAGIC_NUMBER`)."""


def read_pickled(data: bytes, *, cut: bool) -> FoundModel:
    """A pickle or joblib file, or one that torch wrote before its version 1.6."""
    seen = read_pickle(data, cut=cut)
    form: Format = "torch" if seen.root == _TORCH_MAGIC else "joblib" if seen.joblib else "pickle"
    return found(form, seen, cut=cut)


def found(form: Format, seen: Seen, *, cut: bool = False) -> FoundModel:
    """What the opcodes of a pickle tell, wherever it lay."""
    imports = list(seen.imports)
    named = framework_of(imports)
    tensors = form == "torch" or any(name.startswith("torch.") for name in imports)
    framework = named or ("torch" if tensors else next(iter(seen.versions), None))
    versions = sorted(seen.versions.items(), key=lambda item: item[0] != framework)
    return FoundModel(
        form,
        _holds(seen, named, tensors=tensors),
        unsafe=True,
        imports=imports,
        versions=versions,
        framework=framework,
        detail=f"protocol {seen.protocol}" if seen.protocol else None,
        whole=seen.whole and not cut,
        problem=seen.problem,
    )


def _holds(seen: Seen, framework: str | None, *, tensors: bool) -> Holds:
    if framework or seen.versions or (tensors and is_weights(seen.keys)):
        return "model"
    if not all(is_plain(name) for name in seen.imports):
        return "unknown"
    return "data" if seen.whole else "unknown"
