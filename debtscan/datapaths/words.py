"""Words by which a path may be known again: of addresses, of targets and of files."""

from __future__ import annotations

import re
from collections.abc import Iterable

ANY = "*"
"""A word for something that was fetched without being named: an archive, a data set of a competition, a folder."""

_ARCHIVE = re.compile(r"\.(zip|tar|tgz|tar\.\w+|7z|rar|gz|bz2|xz)$", re.IGNORECASE)
_WORD = re.compile(r"[^\s\"'`()<>|;,=\[\]{}]+")
_SUFFIXED = re.compile(r"\w\.(?!py$|sh$)[A-Za-z]\w{1,8}$")
_NAME = re.compile(r"[\w.+-]{3,}")
_GENERIC = frozenset(
    {"data", "dataset", "datasets", "raw", "input", "inputs", "output", "outputs", "tmp", "main", "master", "http:"}
    | {"https:", "www", "com", "files", "file", "download", "downloads", "resolve", "blob", "tree", "train", "test"}
    | {"val", "processed", "interim", "external", "home", "content", "kaggle", "src", "csv", "true", "false", "wget"}
    | {"curl", "github.com", "raw.githubusercontent.com", "drive.google.com", "storage.googleapis.com", "user"}
)
_MAX_WORDS = 2_000


def fetched_words(texts: Iterable[str]) -> list[str]:
    """The telling parts of addresses and targets; `*` as well where one is an archive or none tells anything."""
    words: set[str] = set()
    for text in texts:
        for word in _WORD.findall(text):
            bare = word.partition("?")[0].rstrip("/.,")
            parts = set(telling_parts(bare))
            words |= parts
            if _ARCHIVE.search(bare) or (not parts and "://" in word):
                words.add(ANY)
    return sorted_words(words or {ANY})


def named_files(commands: Iterable[str]) -> list[str]:
    """Names of files among the words of commands: any of them may be written by the command."""
    words = {word for command in commands for word in _WORD.findall(command)}
    return sorted_words({word for word in words if _SUFFIXED.search(word) and "://" not in word})


def telling_parts(path: str) -> list[str]:
    """Folder and file names of a path or address, lower case, and the file's name without its suffixes."""
    parts = [part.lower() for part in re.split(r"[/\\]", path)[-6:]]
    named = [part for part in parts if _NAME.fullmatch(part) and part not in _GENERIC and not part.isdecimal()]
    stems = [stem for part in named[-1:] if (stem := part.partition(".")[0]) not in _GENERIC and len(stem) > 2]
    return [*named, *stems]


def sorted_words(words: Iterable[str]) -> list[str]:
    return sorted(words)[:_MAX_WORDS]
