"""What shell lines fetch and make, and what prose says of data: the words by which a path may be known again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

ANY = "*"
"""A word for something that was fetched without being named: an archive, a data set of a competition, a folder."""

_FETCH = re.compile(
    r"\b(wget|curl|aria2c|axel|gdown|azcopy|rclone|kaggle\s+(datasets|competitions|d|c)\b|gsutil\b.*\b(cp|rsync)\b"
    r"|aws\s+s3\s+(cp|sync)|gcloud\s+storage\s+cp|dvc\s+(pull|get|import|fetch|get-url|import-url)|git\s+lfs\s+(pull|fetch)"
    r"|huggingface-cli\s+download|hf\s+download|git\s+clone|hadoop\s+fs\s+-get|bq\s+extract|openml|ngc\s+registry)\b"
)
_BULK = re.compile(r"\b(kaggle|gdown|dvc|lfs|sync|rsync|clone|huggingface-cli|hf|azcopy|rclone)\b")
"""Tools that fetch folders and archives without naming the files in them."""
_FETCH_SCRIPT = re.compile(
    r"(?<![\w-])[\w./-]*(download|fetch|get)[_-]?\w*(data|dataset|corpus|coco|images?)?\w*\.(sh|py)\b"
)
_TELLING = re.compile(r">|download|fetch|get|clone|unzip|tar |7z|unrar|WORKDIR|VOLUME|COPY|ADD|cp |pull")
_OPTION = re.compile(r"\s-{1,2}[a-zA-Z]")
"""What every line has one of that any expression below could match: most lines have nothing."""
_NOT_FETCH = re.compile(
    r"localhost|127\.0\.0\.1|0\.0\.0\.0|-X\s*(POST|PUT)|--request\s+(POST|PUT)|get-pip|install\.sh|--data\b"
)
_UNPACK = re.compile(r"\b(unzip|tar\s+-?\w*x\w*|7z\s+x|gunzip|unrar)\b")
_ARCHIVE = re.compile(r"\.(zip|tar|tgz|tar\.\w+|7z|rar|gz|bz2|xz)$", re.IGNORECASE)
_OUTPUT = re.compile(
    r"(?:>{1,2}|(?<!\S)(?:-o|-O|--output(?:[-_]\w+)?|--out(?:[-_]\w+)?|-d|--save[-_]\w+|-P)[= ])\s*([^\s;|&<>\"']+)"
)
_TARGET = re.compile(r"^([\w./*%$(){}-]*[./][\w./*%$(){}-]*)\s*:(?!=)")
_MOUNT = re.compile(
    r"(?:-v|--volume|--mount\s.*target=)[= ]?\S*?:(/[\w./-]+)|\b(?:WORKDIR|VOLUME|COPY\s.*|ADD\s.*)\s+[\"\[]*(/[\w./-]+)"
)
_WORD = re.compile(r"[^\s\"'`()<>|;,=\[\]{}]+")
_SUFFIXED = re.compile(r"\w\.(?!py$|sh$)[A-Za-z]\w{1,8}$")
_NAME = re.compile(r"[\w.+-]{3,}")
_GENERIC = frozenset(
    {"data", "dataset", "datasets", "raw", "input", "inputs", "output", "outputs", "tmp", "main", "master", "http:"}
    | {"https:", "www", "com", "files", "file", "download", "downloads", "resolve", "blob", "tree", "train", "test"}
    | {"val", "processed", "interim", "external", "home", "content", "kaggle", "src", "csv", "true", "false", "wget"}
    | {"curl", "github.com", "raw.githubusercontent.com", "drive.google.com", "storage.googleapis.com", "user"}
)
_SOURCES = re.compile(r"\b(data ?sets?|corpus|corpora|download(ed|able)?|kaggle|zenodo|figshare|uci)\b")
_GUIDANCE = re.compile(
    r"download.{0,60}\b(data|corpus|corpora|images?|dumps?|archives?)|\b(data|corpus)\w*\b.{0,80}\bdownload"
    r"|kaggle\.com/(c|competitions|datasets|\w+/)|zenodo\.org/record|figshare\.com|archive\.ics\.uci\.edu"
    r"|\b(data|corpus)\w*\b.{0,80}\b(available|hosted|found|obtained|obtain|get|got|taken|comes?)\b.{0,20}\b(at|from|on|here|in)\b"
)
"""Prose in lower case that tells a person where to get data from."""
_FILE_NAME = re.compile(
    # both begin where a run of such characters begins: tried nowhere else, long runs cost no square of their length
    r"(?<![\w./-])(?:"
    r"[\w./-]*\w\.(?:csv|tsv|parquet|jsonl?|npy|npz|h5|hdf5|xlsx?|zip|tar|gz|tgz|pkl|pickle|txt|feather|arff|mat|tfrecords?)\b"
    r"|(?<!:)[\w.-]+(?:/[\w.-]+)+/?)"
)
_FENCE = re.compile(r"^\s*(```|~~~)")
_PROMPT = re.compile(r"^\s*[$%>!] ?")
_MAX_WORDS = 2_000
_MAX_COMMAND = 1_500
"""Characters of a command: some expressions below take the square of it."""
_MAX_PROSE, _MAX_LINE = 800, 300
"""Lines of a document, and characters of a line, in which names of data are looked for."""


class Commands(Struct, frozen=True, gc=False, array_like=True):
    """Words of one file: of names and folders, without the generic ones."""

    fetched: list[str] = []
    """Of what it fetches; `*` where that has no telling name."""
    made: list[str] = []
    """Paths that its commands write, and targets of a Makefile."""
    mentioned: list[str] = []
    """Names of data in prose that says where data come from."""
    mounted: list[str] = []
    """Folders that exist in a container only: mount points and working directories."""


def commands_in(lines: Sequence[str], *, makefile: bool = False) -> Commands:
    """What the commands on these lines fetch and make; a line that ends in a backslash goes on in the next."""
    fetched: set[str] = set()
    made: set[str] = set()
    mounted: set[str] = set()
    for line in _whole(lines):
        if not (makefile or _may_tell(line)):
            continue
        mounted |= _mounts(line)
        if _fetches(line):
            fetched |= set(fetched_words([line])) | ({ANY} if _BULK.search(line) else set())
        elif _UNPACK.search(line):
            fetched |= set(fetched_words([line])) - {ANY}
        made |= {match[1] for match in _OUTPUT.finditer(line) if "/" in match[1] or "." in match[1]}
        if makefile and (target := _TARGET.match(line)):
            made.add(target[1])
    return Commands(fetched=_sorted(fetched), made=_sorted(made), mounted=_sorted(mounted))


def _may_tell(line: str) -> bool:
    return _TELLING.search(line) is not None or ("-" in line and _OPTION.search(line) is not None)


def _mounts(line: str) -> set[str]:
    return {group.rstrip("/") for match in _MOUNT.finditer(line) for group in match.groups() if group}


def _fetches(line: str) -> bool:
    # the words are sought first: the pattern of scripts costs ten times as much
    script = "download" in line or "fetch" in line or "get" in line
    fetch = _FETCH.search(line) or (script and _FETCH_SCRIPT.search(line))
    return bool(fetch) and not _NOT_FETCH.search(line)


def document_in(lines: Sequence[str]) -> Commands:
    """What the commands in a document fetch, and what its prose names as data."""
    found = commands_in([_PROMPT.sub("", line) for line in _code_in(lines)])
    return Commands(found.fetched, found.made, mentions_in(lines), found.mounted)


def _code_in(lines: Sequence[str]) -> Iterator[str]:
    """Lines of code in Markdown or reStructuredText: fenced, indented, after a prompt, or with code in backticks."""
    fenced = False
    for line in lines:
        quoted = "`" in line
        if (quoted or "~" in line) and _FENCE.match(line):
            fenced = not fenced
        elif fenced or quoted or line.startswith(("    ", "\t", "$")):
            yield line


def _has_link(line: str) -> bool:
    return "](" in line or "http://" in line or "https://" in line


def mentions_in(lines: Sequence[str]) -> list[str]:
    """Names of files and folders in prose that says where data come from; `*` where it tells how to get them."""
    lines = [line[:_MAX_LINE] for line in lines[:_MAX_PROSE]]
    linked = "\n".join(line.lower() for line in lines if _has_link(line))
    if not _SOURCES.search(linked):
        return []
    words = {word for line in lines for word in line.split() if "." in word or "/" in word}
    named = {match[0] for word in words for match in _FILE_NAME.finditer(word)}
    names = {part for name in named for part in telling_parts(name)}
    return _sorted(names | {ANY} if _GUIDANCE.search(linked) else names)


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
    return _sorted(words or {ANY})


def named_files(commands: Iterable[str]) -> list[str]:
    """Names of files among the words of commands: any of them may be written by the command."""
    words = {word for command in commands for word in _WORD.findall(command)}
    return _sorted({word for word in words if _SUFFIXED.search(word) and "://" not in word})


def telling_parts(path: str) -> list[str]:
    """Folder and file names of a path or address, lower case, and the file's name without its suffixes."""
    parts = [part.lower() for part in re.split(r"[/\\]", path)[-6:]]
    named = [part for part in parts if _NAME.fullmatch(part) and part not in _GENERIC and not part.isdecimal()]
    stems = [stem for part in named[-1:] if (stem := part.partition(".")[0]) not in _GENERIC and len(stem) > 2]
    return [*named, *stems]


def _sorted(words: set[str]) -> list[str]:
    return sorted(words)[:_MAX_WORDS]


def _whole(lines: Sequence[str]) -> Iterable[str]:
    held = ""
    for line in lines:
        if line.rstrip().endswith("\\") and len(held) < _MAX_COMMAND:
            held += line.rstrip()[:-1] + " "
        else:
            yield (held + line)[:_MAX_COMMAND]
            held = ""
    if held:
        yield held[:_MAX_COMMAND]
