"""Fetch a repository by URL into a bare clone, and update it there the next time.

The auditor's own git settings hold here (proxies, credential helpers, known hosts); of the other side only objects and
refs are taken. Credentials travel in the environment, scoped to the URL: never on a command line, never on disk.
"""

from __future__ import annotations

import base64
import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from debtscan.errors import TargetError
from debtscan.repository.git import GitError, environment, run

FILTER = "blob:limit=4m"
"""Larger blobs stay on the server, in every revision: they are data, and only their absence is noted."""
PROTOCOLS = "https:http:ssh"
_SCHEMES = {"https", "http", "ssh"}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?://|:)")
_SCP = re.compile(r"(?:[A-Za-z0-9._-]+@)(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]):(?!//)[^\s]+")
_HIDDEN = re.compile(r"(?<=://)[^/@\s]+@")
_OWN_SETTINGS = {
    "HOME",
    "XDG_CONFIG_HOME",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
}
"""What stays as the auditor has it."""


@dataclass(frozen=True)
class Url:
    """A clone URL with its credentials taken out of the text."""

    text: str
    credentials: str | None = None
    """`user:password`."""

    @property
    def name(self) -> str:
        last = re.split(r"[/:]", self.text.rstrip("/"))[-1]
        return unquote(last).removesuffix(".git") or "repository"

    @property
    def local(self) -> str | None:
        """The path of a `file://` URL."""
        return unquote(self.text.removeprefix("file://")) if self.text.startswith("file://") else None


def parse(target: str) -> Url | None:
    """A clone URL, or None when the target is a path. Raises `TargetError` for a scheme that is not fetched."""
    if _SCP.fullmatch(target) and not target.startswith("-"):
        return Url(target)
    if not _URL.match(target):
        return None
    parts = urlsplit(target)
    if target.startswith("file:///"):
        return Url(target)
    if parts.scheme not in _SCHEMES or not parts.hostname or parts.hostname.startswith("-"):
        raise TargetError(
            f"cannot clone from {masked(target)}: only https://, ssh://, git@host:path and file:///path are fetched"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = f":{parts.port}" if parts.port else ""
    user = f"{parts.username}@" if parts.scheme == "ssh" and parts.username else ""
    text = urlunsplit((parts.scheme, f"{user}{host}{port}", parts.path, "", ""))
    if parts.scheme == "ssh" or not (parts.username or parts.password):
        return Url(text)
    return Url(text, f"{unquote(parts.username or '')}:{unquote(parts.password or '')}")


def masked(text: str) -> str:
    """The text without the credentials of URLs in it."""
    return _HIDDEN.sub("", text)


def fetched(url: Url, clones: Path, *, token: str | None, progress: Callable[[str], None] | None) -> Path:
    """The bare clone of `url` below `clones`, made or brought up to date. Raises `TargetError`."""
    credentials = f"x-access-token:{token}" if token else url.credentials
    settings = _credentials(url, credentials)
    place = clones / blake2b(url.text.encode(), digest_size=12).hexdigest()
    clones.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(clones / f"{place.name}.lock"):
        if progress is not None:
            progress(f"{'updating the clone of' if place.exists() else 'cloning'} {url.text}")
        _prepare(place)
        try:
            _update(place, url, settings)
        except GitError as error:
            said = masked(str(error).removeprefix("fatal: "))
            hint = "" if credentials else " (if it is private, give a token)"
            raise TargetError(f"cannot clone {url.text}: {said}{hint}") from None
    return place


def _update(place: Path, url: Url, settings: dict[str, str]) -> None:
    def git(*arguments: str) -> bytes:
        inherited = {key: value for key, value in environment(place).items() if key not in _OWN_SETTINGS}
        run_settings = inherited | {"GIT_ALLOW_PROTOCOL": PROTOCOLS} | settings
        return b"".join(run(arguments, run_settings, place, patient=True))

    answer = git("ls-remote", "--symref", "--", url.text, "HEAD").decode("utf-8", "replace")
    git(
        "fetch",
        "--quiet",
        "--prune",
        "--no-tags",
        "--no-auto-gc",
        "--no-recurse-submodules",
        "--no-write-fetch-head",
        f"--filter={FILTER}",
        "--",
        url.text,
        "+refs/heads/*:refs/heads/*",
        "+refs/tags/*:refs/tags/*",
    )
    if head := re.match(r"ref: (refs/heads/[^\s]+)\tHEAD$", answer, re.MULTILINE):
        (place / "HEAD").write_text(f"ref: {head[1]}\n", encoding="utf-8")


def _prepare(place: Path) -> None:
    """An empty bare repository: `git init` would copy hooks from a template."""
    for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags"):
        (place / folder).mkdir(parents=True, exist_ok=True)
    if not (place / "config").exists():
        text = f"[core]\n\trepositoryFormatVersion = 0\n\tbare = true\n\thooksPath = {os.devnull}\n"
        (place / "config").write_text(text, encoding="utf-8")
    if not (place / "HEAD").exists():
        (place / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")


def _credentials(url: Url, credentials: str | None) -> dict[str, str]:
    """Environment that makes git send the credentials to this URL and no other."""
    if credentials is None or not url.text.startswith("http"):
        return {}
    parts = urlsplit(url.text)
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise TargetError(f"cannot clone {url.text}: credentials are not sent over http://; use https://")
    encoded = base64.b64encode(credentials.encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{parts.scheme}://{parts.netloc}/.extraHeader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {encoded}",
    }


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Two audits of one URL take turns."""
    with path.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
