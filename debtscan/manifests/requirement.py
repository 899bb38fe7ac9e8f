"""One requirement in the language of PEP 508 and pip, turned into a record."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Parsed

from debtscan.manifests.pins import pin_of_specifiers, pin_of_url
from debtscan.manifests.records import Ecosystem, Pin, Requirement, Scope
from debtscan.source.marked_toml import text_of
from debtscan.source.masking import mask
from debtscan.text import shorten

_NAMED = re.compile(r"(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?P<extras>\[[^\]]*\])?\s*(?P<rest>.*)", re.DOTALL)
_URL = re.compile(r"(?:(?:git|hg|svn|bzr)\+)?[a-z][a-z0-9+.-]*://|(?:git|hg|svn|bzr)\+|file:", re.IGNORECASE)
_PATH = re.compile(
    r"(?:~|\.{1,2})$|\.{1,2}\[|[A-Za-z]:\\|[^\s=<>!;@]*[/\\]|[^\s=<>~!;@]+\.(?:whl|tar\.gz|tar\.bz2|zip)(?:\[|$)"
)
_EGG = re.compile(r"[#&]egg=(?P<name>[A-Za-z0-9][\w.-]*)")
_WHEEL = re.compile(r"(?P<name>[A-Za-z0-9][\w.]*?)-\d[^/]*\.whl$")
_SOURCE_ARCHIVE = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*?)-\d[^/]*\.(?:tar\.gz|tar\.bz2|zip)$")
_SCOPE_WORDS: tuple[tuple[Scope, str], ...] = (
    ("test", "test tests testing pytest unittest e2e integration"),
    ("docs", "doc docs documentation sphinx mkdocs readthedocs rtd website"),
    ("ci", "ci actions"),
    ("build", "build"),
    ("dev", "dev devel develop development lint linter linters linting style quality format formatting typing types"),
    ("dev", "mypy typecheck check checks tools tooling debug precommit release"),
)
_SCOPE_OF_WORD = {word: scope for scope, words in _SCOPE_WORDS for word in words.split()}


def canonical(name: str) -> str:
    """The name as PEP 503 normalises it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def scope_of_group(name: str) -> Scope:
    """What a group, extra or file of this name is for, told by the words in it; runtime when they say nothing."""
    words = re.split(r"[^a-z0-9]+|(?<=[a-z])(?=\d)", name.lower())
    return next((_SCOPE_OF_WORD[word] for word in words if word in _SCOPE_OF_WORD), "runtime")


def is_url(text: str) -> bool:
    return _URL.match(text) is not None


def is_path(text: str) -> bool:
    """A local folder or archive; pip needs a separator or an archive's suffix to take it for one."""
    return _PATH.match(text) is not None and not is_url(text)


def read_requirement(
    text: str,
    section: str,
    line: int | None = None,
    *,
    cell: int | None = None,
    scope: Scope = "runtime",
    published: bool = False,
    hashed: bool = False,
) -> Requirement:
    """A requirement such as `name[extra]>=1.2; marker`, `name @ url` or a URL alone.

    Raises ValueError with a sentence for text that is none, and for a URL that does not tell what it brings.
    """
    text = text.strip()
    name, specifier, url, marker = _from_url(text) if is_url(text) else _named(text)
    pin = pin_of_specifiers(specifier) if url is None else pin_of_url(url)
    if hashed and pin in {"exact", "url"}:
        pin = "hash"
    return Requirement(
        canonical(name),
        specifier,
        pin,
        section,
        line,
        cell,
        scope,
        marker=marker,
        url=mask(url) if url else None,
        published=published,
    )


def _named(text: str) -> tuple[str, str, str | None, str | None]:
    """Name, specifier as written, URL, marker."""
    match = _NAMED.match(text)
    if match is None:
        raise ValueError(f"not a requirement: {_shown(text)}")
    rest = match["rest"].strip()
    if rest.startswith("@"):
        url, _, marker = re.sub(r"\s+;", " ;", rest[1:].strip()).partition(" ;")
        if not url:
            raise ValueError(f"not a requirement: {_shown(text)}")
        return match["name"], "", url.strip(), marker.strip() or None
    specifier, _, marker = (part.strip() for part in rest.partition(";"))
    specifier = specifier.removeprefix("(").removesuffix(")").strip()
    try:
        Parsed(text)
    except InvalidRequirement as error:
        # older files hold specifiers that today's grammar refuses and yesterday's pip took
        try:
            pin_of_specifiers(specifier)
        except ValueError:
            raise ValueError(f"not a requirement: {_shown(text)}") from error
    return match["name"], specifier, None, marker or None


def _from_url(text: str) -> tuple[str, str, str | None, str | None]:
    url, _, marker = text.partition(" ;")
    url = url.split()[0]
    if name := name_in_url(url):
        return name, "", url, marker.strip() or None
    raise ValueError(f"cannot tell which package this is: {_shown(text)}")


def name_in_url(url: str) -> str | None:
    """The package behind a direct reference: its `#egg=`, its archive's name, or the repository it lies in."""
    if egg := _EGG.search(url):
        return egg["name"]
    path = unquote(url.split("#", maxsplit=1)[0].split("?", maxsplit=1)[0]).rstrip("/")
    last = path.rpartition("/")[2]
    if match := _WHEEL.search(last) or _SOURCE_ARCHIVE.search(last):
        return match["name"]
    if archive := re.search(r"/([^/]+)/(?:archive|zipball|tarball|-/archive)/", path):
        return archive[1]
    scheme, _, location = path.partition("+")
    if scheme not in {"git", "hg", "svn", "bzr"}:
        return None
    repository = location.split("://")[-1].partition("/")[2].split("@")[0].rstrip("/").removesuffix(".git")
    name = repository.rpartition("/")[2]
    return name if re.fullmatch(r"[A-Za-z0-9][\w.-]*", name) else None


def from_table(
    name: str,
    value: object,
    pin_of: Callable[[str], Pin],
    section: str,
    line: int | None,
    *,
    scope: Scope,
    ecosystem: Ecosystem = "pypi",
    published: bool = False,
) -> Requirement:
    """An entry of a TOML table: `name = "version"` or `name = {version = ..., git = ..., markers = ...}`.

    `pin_of` reads the version; what it raises goes on.
    """
    table: Mapping[str, Any] = value if isinstance(value, Mapping) else {"version": value}
    version, marker, url = text_of(table, "version") or "", text_of(table, "markers"), url_of_table(table)
    pin = pin_of_url(url) if url else "none" if version.strip() in {"", "*"} else pin_of(version)
    shown = mask(url) if url else None
    return Requirement(canonical(name), version, pin, section, line, None, scope, ecosystem, marker, shown, published)


def url_of_table(table: Mapping[str, Any]) -> str | None:
    """The direct reference in a table such as `{git = "...", rev = "..."}`, `{path = "."}` or `{url = "..."}`."""
    if path := text_of(table, "path") or text_of(table, "file"):
        return path if "://" in path or path.startswith((".", "/")) else f"./{path}"
    if git := text_of(table, "git"):
        named = (text_of(table, key) for key in ("rev", "ref", "tag", "branch"))
        return f"git+{git}@{next(filter(None, named), 'HEAD')}"
    return text_of(table, "url")


def _shown(text: str) -> str:
    return shorten(mask(text), 80)
