"""What commands fetch, make and are given as data, and what a container has of its own."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from debtscan.commands import Script, scripts
from debtscan.commands.dockerfile import instructions
from debtscan.commands.shell import Command, commands
from debtscan.commands.snakefile import sections
from debtscan.datapaths.absolute import bound_to
from debtscan.datapaths.addresses import DRIVE, is_address, is_data_name, is_software
from debtscan.datapaths.found import Commands, Download, FoundReference
from debtscan.datapaths.words import ANY, fetched_words, sorted_words
from debtscan.source.masking import mask
from debtscan.source.python import PythonSource
from debtscan.source.text import TextSource
from debtscan.source.texts import HOLE, How

_FETCHERS = (
    *((name,) for name in ("wget", "curl", "aria2c", "axel", "gdown", "azcopy", "rclone", "openml")),
    *(("kaggle", verb) for verb in ("datasets", "competitions", "d", "c")),
    *(("dvc", verb) for verb in ("pull", "get", "import", "fetch", "get-url", "import-url")),
    *(("aws", "s3", verb) for verb in ("cp", "sync")),
    *(("gsutil", verb) for verb in ("cp", "rsync")),
    *((("git", "lfs", verb)) for verb in ("pull", "fetch")),
    ("gcloud", "storage", "cp"),
    ("huggingface-cli", "download"),
    ("hf", "download"),
    ("git", "clone"),
    ("hadoop", "fs", "-get"),
    ("bq", "extract"),
    ("ngc", "registry"),
)
"""Programs that fetch, with the words that make them do so."""
_BULK = frozenset({"kaggle", "gdown", "dvc", "git", "huggingface-cli", "hf", "azcopy", "rclone"})
"""Those that fetch folders and archives without naming the files in them."""
_COPIERS = frozenset({"aws", "gsutil", "gcloud", "azcopy", "rclone", "hadoop"})
"""Those that copy either way."""
_ABSOLUTE = re.compile(r"(/|[A-Za-z]:[/\\]).")
_FETCH_SCRIPT = re.compile(r"(.*/)?(download|fetch|get)[_-]?\w*\.(sh|py)")
_NOT_FETCH = re.compile(
    r"localhost|127\.0\.0\.1|0\.0\.0\.0|^(-X)?(POST|PUT)$|--request=(POST|PUT)|get-pip|install\.sh|^--data\b|^--upload"
)
_UNPACKERS = frozenset({"unzip", "tar", "7z", "gunzip", "unrar"})
_CHECKS = frozenset(
    {"sha256sum", "sha1sum", "sha512sum", "md5sum", "md5", "shasum", "b2sum", "cksum", "gpg", "--checksum", "dgst"}
)
_PREFIXES = frozenset({"sudo", "env", "nohup", "time", "command", "-E", "poetry", "uv", "pipenv", "run"})
_OUTPUT = re.compile(r"-[oOdP]|--(?:output|out|save|dest)(?:[-_]\w+)?")
_MOUNT = re.compile(r"\S*?:(/[\w./-]+)(?::\w+)?|.*\btarget=(/[\w./-]+).*")
_DRIVE_KEY = re.compile(r"[\w-]{25,60}")
"""What Google Drive calls a file."""
_VARIABLE = re.compile(r"\$\{[^}]*\}|\$\([^)]*\)|\$\w+|\$[@<^*?]|\{\{?[^{}]*\}?\}|%")
_TELLING = re.compile(r">|-[a-zA-Z-]|download|fetch|get|clone|unzip|tar |7z|unrar|pull|/home/|/Users/")
"""What every text has that anything below could be found in: most have nothing and need not be cut into words."""
_MAX_WORDS = 60
"""Words of a command that are looked at."""
_MAX_EVIDENCE = 200

LineText = Callable[[int | None, int], str]


class _Seen(NamedTuple):
    fetched: set[str]
    made: set[str]
    mounted: set[str]
    references: list[FoundReference]


def commands_of(source: PythonSource | TextSource) -> Commands:
    """What the commands of a file do; nothing where they cannot be read. A Dockerfile has folders of its own as well."""
    try:
        found = list(scripts(source))
    except ValueError:
        return Commands()
    if isinstance(source, PythonSource):
        return commands_in(found, source.line_text)
    lines = source.lines
    told = commands_in(found, lambda _cell, line: lines[line - 1].strip() if 0 < line <= len(lines) else "")
    made, mounted = set(told.made), set(told.mounted)
    if source.kind == "makefile":
        made |= {_known(script.name) for script in found if "/" in script.name or "." in script.name.strip(".")}
    elif source.kind == "snakefile":
        made |= {_known(text) for part in sections(source.text) if part.keyword == "output" for _, text in part.texts}
    elif source.kind == "dockerfile":
        mounted |= set(_folders(source.text))
    return Commands(told.fetched, sorted_words(made), [], sorted_words(mounted), told.references)


def commands_in(found: Iterable[Script], line_text: LineText) -> Commands:
    seen = _Seen(set(), set(), set(), [])
    for script in found:
        if not _TELLING.search(script.text):
            continue
        cut = [list(_without_prefixes(command)) for command in commands(script.text, script.line, outputs=True)]
        checked = any(word.text in _CHECKS for command in cut for word in command)
        for command in cut:
            if command:
                _look_at(command[:_MAX_WORDS], script, "verified" if checked else "unverified", seen, line_text)
    return Commands(
        sorted_words(seen.fetched),
        sorted_words(seen.made),
        [],
        sorted_words(seen.mounted),
        list(dict.fromkeys(seen.references)),
    )


def fetches(words: Sequence[str]) -> bool:
    """Whether a command fetches something from elsewhere."""
    name = posixpath.basename(words[0])
    if any(_NOT_FETCH.search(word) for word in words[1:]):
        return False
    if any(_FETCH_SCRIPT.fullmatch(word) for word in words[:3]):
        return True
    return any(name == first and all(word in words for word in others) for first, *others in _FETCHERS)


def _without_prefixes(command: Command) -> Command:
    start = 0
    while start < len(command) and command[start].text in _PREFIXES:
        start += 1
    rest = command[start:]
    if len(rest) > 2 and re.fullmatch(r"(?:.*/)?python[\d.]*", rest[0].text) and rest[1].text == "-m":
        rest = rest[2:]
    return rest


# debtscan: ignore[complex-hotspot] a branch a form found in the wild; to be cut into steps with names
def _look_at(command: Command, script: Script, download: Download, seen: _Seen, line_text: LineText) -> None:
    words = [word.text for word in command]
    outputs = dict(_outputs(words))
    seen.made.update(_known(path) for path in outputs.values() if "/" in path or "." in path)
    name = posixpath.basename(words[0])
    if name in {"docker", "podman", "nvidia-docker"}:
        seen.mounted.update(_mounts(words))
    elif fetches(words):
        told = {_known(word) for word in words if len(word) > 1}
        seen.fetched.update(fetched_words(told), {ANY} if name in _BULK or name in {"aws", "gsutil"} else ())
        if name not in {"git", "dvc"}:
            seen.references.extend(_downloads(command, script, outputs, download, line_text))
    elif name in _UNPACKERS:
        seen.fetched.update(set(fetched_words(words[1:])) - {ANY})
        seen.made.update(_known(word) for before, word in pairwise(words) if before in {"-d", "-C"} and word != ".")
    else:
        seen.references.extend(_given(command, script, outputs, line_text))


def _brings_data(word: str) -> bool:
    return is_address(word) and not is_software(word)


def _outputs(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Places and values of options that name what is written, and files that standard output goes to."""
    for at, word in enumerate(words):
        option, equals, value = word.partition("=")
        if word.startswith(">"):
            yield at, word[1:]
        elif _OUTPUT.fullmatch(option):
            if equals:
                yield at, value
            elif at + 1 < len(words):
                yield at + 1, words[at + 1]


def _mounts(words: Sequence[str]) -> Iterator[str]:
    for at, word in enumerate(words):
        option, _, value = word.partition("=")
        if option in {"-v", "--volume", "--mount"}:
            match = _MOUNT.fullmatch(value or "".join(words[at + 1 : at + 2]))
            if match:
                yield (match[1] or match[2]).rstrip("/")


def _folders(dockerfile: str) -> Iterator[str]:
    """Folders inside the image: where it works, its volumes, and where files are copied to."""
    for instruction in instructions(dockerfile):
        if instruction.name in {"WORKDIR", "VOLUME", "COPY", "ADD"}:
            words = re.findall(r"[^\s\[\]\",]+", instruction.text)
            yield from (word.rstrip("/") for word in words[-1:] if re.fullmatch(r"/[\w./-]+", word))


def _downloads(
    command: Command, script: Script, outputs: dict[int, str], download: Download, line_text: LineText
) -> Iterator[FoundReference]:
    """One reference for each address that is copied to the disk; what it holds is told by its name or the target's."""
    to_data = any(is_data_name(path) for path in outputs.values())
    words = [word for word in command[1:] if not word.text.startswith((">", "-"))]
    if posixpath.basename(command[0].text) in _COPIERS:
        # the last word says where to
        words = words[:-1]
    by_gdown = command[0].text == "gdown"
    for word in words:
        if by_gdown and _DRIVE_KEY.fullmatch(word.text):
            yield _reference(f"{DRIVE}{word.text}", word.line, script, "data", download, line_text)
        elif _brings_data(word.text) and (to_data or is_data_name(word.text) or by_gdown):
            yield _reference(word.text, word.line, script, "data" if to_data else "any", download, line_text)


def _given(command: Command, script: Script, outputs: dict[int, str], line_text: LineText) -> Iterator[FoundReference]:
    """Paths in somebody's home that a program is given."""
    for at, word in enumerate(command):
        path = word.text.rpartition("=")[2]
        one = _ABSOLUTE.match(path) and ":" not in path[2:]  # not a list as that of PATH
        if at and one and bound_to(path, frozenset(), in_containers=True) in {"home", "drive"}:
            yield _reference(path, word.line, script, "any", "no", line_text, written=at in outputs)


def _reference(
    text: str, line: int, script: Script, holds: str, download: Download, line_text: LineText, *, written: bool = False
) -> FoundReference:
    evidence = mask(line_text(script.cell, line))[:_MAX_EVIDENCE]
    known = _VARIABLE.sub(HOLE, mask(text) if "://" in text else text)
    how: How = "literal" if HOLE not in known else "format"
    return FoundReference(
        script.cell, line, "write" if written else "read", known, how, holds, evidence, download=download
    )


def _known(text: str) -> str:
    """The text with what the shell fills in as `*`; of an option its value."""
    return _VARIABLE.sub("*", text.partition("=")[2] if text.startswith("-") else text)
