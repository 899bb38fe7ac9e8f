"""How far a version is fixed: one word for what a specifier of pip, Poetry or conda allows."""

from __future__ import annotations

import re

from debtscan.manifests.records import Pin

_REVISION = re.compile(r"@[0-9a-f]{40}(?=$|[#?/])")
_ARCHIVE_REVISION = re.compile(r"/(?:archive|zipball|tarball)/[0-9a-f]{40}(?=$|[./#?])")
_HASHED_URL = re.compile(r"[#&](?:sha256|sha384|sha512)=[0-9a-f]{64,}", re.IGNORECASE)
_LOCAL = re.compile(r"file:|\.{1,2}(?:/|$)|[/~]|[A-Za-z]:[\\/]")
_CLAUSE = re.compile(r"(?P<operator>~=|===?|!=|<=|>=|<|>)\s*(?P<version>[\w.*+!-]+)")
_EXACT = re.compile(r"\s*={0,3}\s*(?P<version>\d[\w.!+-]*)\s*(?:$|[=;])")
_LOWER, _UPPER = frozenset({">=", ">"}), frozenset({"<", "<="})


def pin_of_specifiers(specifier: str) -> Pin:
    """A PEP 440 specifier set; also the slightly wrong ones (`>=1.0.*`) that older installers accepted.

    Raises ValueError when it is none.
    """
    operators: set[str] = set()
    for part in filter(None, (part.strip() for part in specifier.split(","))):
        match = _CLAUSE.fullmatch(part)
        if match is None:
            raise ValueError(f"not a version specifier: {specifier}")
        prefix = match["operator"] == "==" and match["version"].endswith("*")
        operators.add("==*" if prefix else match["operator"])
    if operators & {"==", "==="}:
        return "exact"
    if operators & {"~=", "==*"}:
        return "bounded"
    return _of_ends(bool(operators & _LOWER), bool(operators & _UPPER))


def _of_ends(lower: bool, upper: bool) -> Pin:
    if lower and upper:
        return "bounded"
    return "lower" if lower else "upper" if upper else "none"


def pin_of_poetry(constraint: str) -> Pin:
    """A Poetry constraint: a bare version is exact, `^` and `~` are ranges, `||` is as loose as its loosest part."""
    alternatives = {_pin_of_poetry_range(part.strip()) for part in constraint.split("||")}
    order: tuple[Pin, ...] = ("none", "upper", "lower", "bounded", "exact")
    loosest = next(pin for pin in order if pin in alternatives)
    return "bounded" if loosest == "exact" and "||" in constraint else loosest


def _pin_of_poetry_range(constraint: str) -> Pin:
    parts = [part for part in re.split(r"[,\s]+", re.sub(r"([<>=!~^]+)\s+", r"\1", constraint)) if part]
    if not parts or "*" in parts:
        return "none"
    if any(re.match(r"={0,3}\d[^*]*$", part) for part in parts):
        return "exact"
    if any(part[0] in "^~" or part.endswith("*") for part in parts if not part.startswith("!=")):
        return "bounded"
    lower = any(part.startswith(">") for part in parts)
    return _of_ends(lower, any(part.startswith("<") for part in parts))


def pin_of_conda(version: str, build: str | None = None) -> Pin:
    """A conda version: `==1.2` and a build string are exact, `=1.2` means 1.2.*, `1.2` alone is exact."""
    if build and "*" not in build:
        return "exact"
    if not version or version == "*":
        return "none"
    parts = version.replace("|", ",").split(",")
    if "|" not in version and any(re.match(r"(?:==)?\d[^*]*$", part.strip()) for part in parts):
        return "exact"
    if any(re.match(r"~=|=?\d|=", part.strip()) for part in parts):
        return "bounded"
    lower = any(part.strip().startswith(">") for part in parts)
    return _of_ends(lower, any(part.strip().startswith("<") for part in parts))


def exact_version(specifier: str) -> str | None:
    """The version in a specifier that fixes one, without operator and conda's build string; None for any other."""
    matches = (_EXACT.match(part) for part in specifier.split(","))
    return next((match["version"] for match in matches if match), None)


def pin_of_url(url: str) -> Pin:
    """A direct reference: fixed by a full commit id or a hash, a local path, or something that can move."""
    if _LOCAL.match(url.removeprefix("git+")):
        return "path"
    if _HASHED_URL.search(url):
        return "hash"
    return "url-rev" if _REVISION.search(url) or _ARCHIVE_REVISION.search(url) else "url"
