"""Answers to what the references of one file leave open: calls in other modules, options, and files of settings."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from debtscan.datapaths.found import FoundReference, Passed, Setting
from debtscan.datapaths.names import place_of
from debtscan.datapaths.references import FoundPaths
from debtscan.source.modules import Modules
from debtscan.source.questions import setting
from debtscan.source.texts import ASK_OPENS, HERE, HOLE, NAME, NAME_OPENS, answered, asked, member_of

_MAX_CALLS = 8
_MAX_VALUES = 4
"""Values of one setting in several files: more of them, and nobody knows which is meant."""
_MAX_HOPS = 3
_Item = TypeVar("_Item")


class Placed(NamedTuple):
    """A reference, the file it is told in, and the file that holds the text, from which its path is seen."""

    path: str
    holder: str
    reference: FoundReference
    reader: str
    """The file with the call itself."""


class Answers:
    """Who calls the functions of which file, and what settings and options are called."""

    def __init__(
        self,
        modules: Modules,
        code: Mapping[str, FoundPaths],
        settings: Iterable[tuple[str, list[Setting]]],
        components: Mapping[str, str],
    ) -> None:
        self._code = code
        self._components = components
        self._modules = modules
        self._calls: dict[tuple[str, str], list[tuple[str, Passed]]] | None = None
        self._settings: dict[tuple[str, str], list[tuple[str, Setting]]] = {}
        for path, found in settings:
            for item in found:
                key = (components.get(path, "."), item.key.rpartition(".")[2])
                self._settings.setdefault(key, []).append((path, item))
        self._options: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for path, known in code.items():
            for name, default in known.options.items():
                self._options.setdefault((components.get(path, "."), name), []).append((path, default))

    def of(self, path: str, reference: FoundReference) -> Iterator[Placed]:
        """The reference with what is known filled in: one for each call or setting that tells, at its place."""
        yield from self._through(Placed(path, path, reference, path), _MAX_HOPS)

    def _through(self, told_so_far: Placed, hops: int) -> Iterator[Placed]:
        placed = self._with_settings(told_so_far)
        questions = asked(placed.reference.text)
        told = [] if not hops or not questions else list(self._told(placed, questions))
        for answer in told:
            yield from self._through(answer, hops - 1)
        if not told:
            text = answered(placed.reference.text, {})
            unknown = not text.strip(f"{HOLE}/") and placed.reference.how in {"argument", "config"}
            how = "unknown" if unknown else placed.reference.how
            yield placed._replace(reference=msgspec.structs.replace(placed.reference, text=text, how=how))

    def _with_settings(self, placed: Placed) -> Placed:
        """Names that another module holds and that are no constants there may be settings: `config.data.path`."""

        def question(match: re.Match[str]) -> str:
            found = place_of(self._modules, self._code, placed.holder, match[1])
            known = self._code.get(found[0]) if found else None
            if found is None or (known and known.constant(found[1]) is not None):
                return match[0]
            return asking.text if asked((asking := setting(found[1])).text) else match[0]

        text = NAME.sub(question, placed.reference.text)
        if text == placed.reference.text:
            return placed
        return placed._replace(reference=msgspec.structs.replace(placed.reference, text=text))

    def _told(self, placed: Placed, questions: Sequence[str]) -> Iterator[Placed]:
        settings = [question for question in questions if question.startswith(":")]
        if len(settings) == len(questions):
            yield from self._by_setting(placed, settings[0])
        else:
            scope = next(question for question in questions if not question.startswith(":")).partition(":")[0]
            told = list(self._by_calls(placed, scope, [item for item in questions if item.startswith(f"{scope}:")]))
            yield from told or self._as_settings(placed, questions)

    def _as_settings(self, placed: Placed, questions: Sequence[str]) -> Iterator[Placed]:
        """Attributes of options that no call tells, as settings of their names."""
        answers = {item: setting(item.partition(":")[2]).text for item in questions if "." in item.partition(":")[2]}
        text = answered(placed.reference.text, answers)
        if further := asked(text):
            yield from self._told(
                placed._replace(reference=msgspec.structs.replace(placed.reference, text=text)), further
            )

    def _by_setting(self, placed: Placed, question: str) -> Iterator[Placed]:
        key = question[1:]
        component = self._components.get(placed.path, ".")
        last = key.rpartition(".")[2]
        named = list(_nearest(self._settings.get((component, last), []), placed.path))
        alike = [item for item in named if item[1].key == key or item[1].key.endswith(f".{key}")] or named
        if len({setting.value for _, setting in alike}) <= _MAX_VALUES:
            for path, setting in alike:
                where = (None, setting.line, setting.evidence)
                # a path in a file of settings is seen from where the code runs
                yield _filled(placed, {question: setting.value}, (path, placed.holder), where, "config")
        options = _nearest(self._options.get((component, last), []), placed.path) if not named else ()
        defaults = {default for _, default in options}
        if len(defaults) == 1:
            (default,) = defaults
            how = "runtime" if default == HOLE else "default"
            text = answered(placed.reference.text, {question: default})
            yield placed._replace(reference=msgspec.structs.replace(placed.reference, text=text, how=how))

    def _by_calls(self, placed: Placed, scope: str, questions: Sequence[str]) -> Iterator[Placed]:
        for path, call in self._callers().get((placed.holder, scope), ())[:_MAX_CALLS]:
            answers = {
                question: text
                for question in questions
                if (text := _argument(call, question, self._code[placed.holder])) is not None
            }
            first = placed.reference.text.startswith(f"{ASK_OPENS}{questions[0]}")
            seen_from_there = any(text.startswith((HERE, NAME_OPENS)) for text in answers.values())
            if answers and (first or not seen_from_there):
                where = (call.cell, call.line, call.evidence)
                yield _filled(placed, answers, (path, path if first else placed.holder), where, "argument")

    def _callers(self) -> Mapping[tuple[str, str], list[tuple[str, Passed]]]:
        """Calls by the file and the function that they call, a class standing for its `__init__`."""
        if self._calls is None:
            self._calls = {}
            for path, item in self._code.items():
                for call in item.passed:
                    found = place_of(self._modules, self._code, path, call.callee)
                    if found is not None:
                        self._calls.setdefault(found, []).append((path, call))
                        self._calls.setdefault((found[0], f"{found[1]}.__init__"), []).append((path, call))
        return self._calls


def _nearest(items: Sequence[tuple[str, _Item]], path: str) -> Iterator[tuple[str, _Item]]:
    """What stands in the files that share the most folders with a path: each of several projects has its own."""
    shared = [posixpath.commonpath([f"root/{path}", f"root/{other}"]).count("/") for other, _ in items]
    most = max(shared, default=0)
    return (item for item, depth in zip(items, shared, strict=True) if depth == most)


def _argument(call: Passed, question: str, code: FoundPaths) -> str | None:
    """What a call passes for `function:parameter`; None where it passes nothing that tells."""
    name, _, attribute = question.partition(":")[2].partition(".")
    position = code.positions.get(question)
    text = call.keywords.get(name)
    if text is None and position is not None and position < len(call.positional):
        text = call.positional[position]
    if text is None or not text.strip(HOLE):
        return None
    return member_of(text, attribute) if attribute else text


def _filled(
    placed: Placed, answers: Mapping[str, str], files: tuple[str, str], where: tuple[int | None, int, str], how: str
) -> Placed:
    cell, line, evidence = where
    text = answered(placed.reference.text, answers)
    changed = {"cell": cell, "line": line, "evidence": evidence, "text": text, "how": how}
    return Placed(*files, msgspec.structs.replace(placed.reference, **changed), placed.reader)
