"""Which files are data: told by format, by content where the format can mean anything, and by place.

Data are rows, records, texts, pictures or sounds that code reads as a data set. By format: tables, arrays, databases and
archives, wherever they lie. JSON says nothing by its name: it must hold a list of objects, and many of them, or lie in a
folder of data or be called like a part of a data set (`train.json`); so translations, dashboards, settings, manifests and
fixtures are none. Pictures, sounds and plain text are data only in a folder of data, and text also in bulk.

No data: vocabularies and tokenizers (part of a model), packages of software, placeholders like `.gitkeep`, files beside
an `__init__.py` in formats that can mean anything (resources of a package), documentation.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from debtscan.repository.entries import File

LARGE_TEXT_BYTES = 1_000_000
"""Nobody writes a text of this size by hand for readers."""
MANY_TEXTS = 20
"""Texts in one folder that are a corpus."""
MANY_RECORDS = 100
"""Objects in one list that are no setting."""
FEW_RECORDS = 2
"""Objects in a list that is the whole file, where its name or place says data; one is a sample or a request."""

_FOLDER = re.compile(r"(^|/)(?!package_)([a-z0-9]+[-_])?(data|datasets?|raw|corpus|corpora)(?=/)", re.IGNORECASE)
_PART = re.compile(
    r"(^|[-_.])(train(ing)?|test|dev|valid(ation)?|val|eval|data|datasets?|annotations?|labels?|corpus|samples?)([-_.]|$)",
    re.IGNORECASE,
)
_NOT_FOR_CODE = re.compile(r"(^|/)(docs?|documentation|website|licen[cs]es?|node_modules|\.[^/]+)/", re.IGNORECASE)
_NOT_RECORDS = re.compile(
    r"(^|/)(tests?|testing|fixtures?|test_?data|golden|snapshots?|cassettes|locales?|i18n|lang|static|public|www|dist)/",
    re.IGNORECASE,
)
_VOCABULARY = re.compile(
    r"(^|[-_.])(vocab(ulary|s)?|merges|bpe|tokenizer|spiece|sentencepiece|stop_?words?)([-_.]|$)", re.IGNORECASE
)
_NO_TEXT = re.compile(
    r"cmakelists\.txt|(licen[cs]e|.*\.citation$|citation|notice|copying|readme|authors|robots)\b", re.IGNORECASE
)
_SOFTWARE = frozenset({"whl", "egg", "jar", "war", "dbc", "iso", "dmg", "deb", "rpm"})
_IN_FOLDER = frozenset({"image", "media", "other", "xml"})


class DataLike:
    """Tells data from other files; it knows the neighbours of each."""

    def __init__(self, files: Iterable[File], records: Mapping[str, tuple[int, int]]) -> None:
        """`records`: of each JSON file that was read, how many records it is, and holds one level down."""
        self._records = records
        self._packages: set[str] = set()
        self._texts: Counter[str] = Counter()
        for file in files:
            folder, name = posixpath.split(file.path)
            if name == "__init__.py":
                self._packages.add(folder)
            elif name.endswith(".txt") and file.kind == "doc":
                self._texts[folder] += 1

    def holds(self, file: File) -> bool:
        name = posixpath.basename(file.path)
        stem, suffix = posixpath.splitext(name.lower())
        if name.startswith(".") or file.size_bytes == 0 or _VOCABULARY.search(stem) or _NO_TEXT.match(name):
            return False
        if file.kind in {"data", "archive"}:
            return suffix.lstrip(".") not in _SOFTWARE
        if _NOT_FOR_CODE.search(file.path):
            return False
        if file.kind == "json":
            return self._is_records(file, stem)
        if suffix == ".txt" and file.kind == "doc":
            return self._is_text(file)
        kind = "xml" if suffix == ".xml" else file.kind
        return kind in _IN_FOLDER and self._in_folder(file.path, resources=kind in {"image", "media"})

    def _is_records(self, file: File, stem: str) -> bool:
        if _NOT_RECORDS.search(file.path):
            return False
        (records, listed), named = self._records.get(file.path, (0, 0)), bool(_PART.search(stem))
        if not file.present:
            return named
        if max(records, listed) >= MANY_RECORDS:
            return True
        return records >= FEW_RECORDS and (named or self._in_folder(file.path, resources=False))

    def _is_text(self, file: File) -> bool:
        if (file.size_bytes or 0) >= LARGE_TEXT_BYTES or self._texts[posixpath.dirname(file.path)] >= MANY_TEXTS:
            return True
        return self._in_folder(file.path, resources=False)

    def _in_folder(self, path: str, *, resources: bool) -> bool:
        """Whether it lies in a folder of data, which is no package of code unless `resources` count."""
        match = _FOLDER.search(path)
        return match is not None and (
            resources or self._packages.isdisjoint({path[: match.end()], posixpath.dirname(path)})
        )
