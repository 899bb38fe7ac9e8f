"""Calls of one Python file that copy files over the network: by what words they are known again, and from where."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from debtscan.commands import Script
from debtscan.datapaths.addresses import DRIVE, is_address, is_data_name
from debtscan.datapaths.apis import fetch_of, fetching_names
from debtscan.datapaths.commands import commands_in
from debtscan.datapaths.found import Download, FoundReference
from debtscan.datapaths.words import fetched_words, named_files
from debtscan.source.masking import mask
from debtscan.source.python import PythonSource
from debtscan.source.texts import answered
from debtscan.source.values import Values, argument
from debtscan.source.walk import Call

_FETCHING_NAME = re.compile(
    r"^_?(download|fetch|maybe_download|wget|untar)(_|$)|_download(er)?$|^(load|get)_\w*from_url$"
)
_SHELLS = frozenset({"os.system", "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output"} | {"subprocess.Popen", "os.popen"})  # fmt: skip
_SHELL_NAMES = frozenset(name.rpartition(".")[2] for name in _SHELLS)
_REQUESTS = re.compile(r"(requests|httpx)(\.Session\(\))?\.")
_ANSWER = re.compile(r"\.(json|xml)\b|[/.-]api[/.-]", re.IGNORECASE)
"""Addresses that services answer at."""
_ASKING = frozenset({"get", "stream"})
_ANY_CONTENT = _ASKING | {"urlopen"}
"""Calls that ask services as often as they fetch files: only the address tells."""
_CHECKING_NAME = re.compile(
    r"(^|_)(md5|sha\d+|sha|hash|checksum|integrity)(_|$|sum)|^(check|verify|validate)_(file|download)", re.IGNORECASE
)
_MAX_EVIDENCE = 200


class Fetched(NamedTuple):
    words: list[str]
    made: list[str]
    """Files that commands which the file starts may write."""
    references: list[FoundReference]


def fetches_in(source: PythonSource, values: Values) -> Fetched:
    """What a file fetches by calls of libraries, of its own functions, and by the commands it starts."""
    found = Fetched([], [], [])
    for last, call in source.named_calls:
        if not may_fetch(last):
            continue
        name = (source.name(call.node.func) or f"?.{last}").removeprefix("six.moves.")
        if name in _SHELLS:
            _look_at_command(call, source, values, found)
        elif _is_fetch(name, last):
            texts = _texts_of(call, values)
            found.words.extend(fetched_words(texts) if texts or last not in _ASKING else ())
            found.references.extend(_addresses(name, last, call, source, values))
    return Fetched(found.words, found.made, list(_each_once(found.references)))


@cache
def may_fetch(last: str) -> bool:
    """Whether a call of this last name may fetch or run a command, whatever the file imports."""
    return last in _SHELL_NAMES or last in _ANY_CONTENT or last in fetching_names() or _sounds_like_fetching(last)


def _is_fetch(name: str, last: str) -> bool:
    if last in _ASKING:
        return _REQUESTS.match(name) is not None
    return fetch_of(name) is not None or _sounds_like_fetching(last)


@cache
def _sounds_like_fetching(name: str) -> bool:
    return len(name) < 80 and bool(_FETCHING_NAME.search(name))


def _look_at_command(call: Call, source: PythonSource, values: Values, found: Fetched) -> None:
    texts = _texts_of(call, values)
    script = Script(" ".join(texts), call.node.lineno, call.cell)
    told = commands_in([script], source.line_text)
    found.words.extend(told.fetched)
    found.made.extend(named_files(texts))
    found.references.extend(told.references)


def _addresses(name: str, last: str, call: Call, source: PythonSource, values: Values) -> Iterator[FoundReference]:
    """A reference for each address that a call copies from; of calls that may ask a service, files of data only."""
    api = fetch_of(name)
    if api is not None and api.keyword == "Key":
        yield from _object_of_a_bucket(call, source, values)
        return
    if name.startswith("gdown.") and (key := argument(call.node, None, "id")) is not None:
        yield from _of_drive(call, key, source, values)
        return
    node = argument(call.node, api.position, api.keyword) if api else None
    known = api is not None and last not in _ANY_CONTENT
    nodes = [node] if node is not None else [] if known else [*call.node.args]
    for given in nodes:
        for text, place in values.texts(given, call):
            of_service = last in _ASKING and _ANSWER.search(text.text)
            if is_address(text.text) and (known or is_data_name(text.text)) and not of_service:
                download: Download = (
                    "verified" if _is_checked(call, api.checks if api else (), source) else "unverified"
                )
                line = place.node.lineno
                evidence = mask(source.line_text(place.cell, line))[:_MAX_EVIDENCE]
                holds = "data" if known and not _named(answered(text.text, {})) else "any"
                yield FoundReference(
                    place.cell, line, "read", mask(text.text), text.how, holds, evidence, download=download
                )


def _named(address: str) -> bool:
    """Whether the last part of an address says what it is of; what a call stores without such a name is data."""
    return "." in re.split(r"[?#]", address, maxsplit=1)[0].rstrip("/").rpartition("/")[2]


def _object_of_a_bucket(call: Call, source: PythonSource, values: Values) -> Iterator[FoundReference]:
    """What boto3 is asked for by bucket and key, where both are told."""
    nodes = [argument(call.node, position, word) for position, word in enumerate(("Bucket", "Key"))]
    texts = [values.text(node, call) for node in nodes if node is not None]
    if len(texts) == len(nodes) and all(text.rooted for text in texts):
        bucket, key = texts
        line = call.node.lineno
        evidence = mask(source.line_text(call.cell, line))[:_MAX_EVIDENCE]
        address = f"s3://{bucket.text}/{key.text}"
        yield FoundReference(
            call.cell, line, "read", address, bucket.but(key.how).how, "any", evidence, download="unverified"
        )


def _of_drive(call: Call, key: ast.expr, source: PythonSource, values: Values) -> Iterator[FoundReference]:
    """What gdown is asked for by the key of a file."""
    for text, place in values.texts(key, call):
        if text.rooted:
            line = place.node.lineno
            evidence = mask(source.line_text(place.cell, line))[:_MAX_EVIDENCE]
            download: Download = "verified" if _is_checked(call, ("hash",), source) else "unverified"
            address = f"{DRIVE}{text.text}"
            yield FoundReference(place.cell, line, "read", address, text.how, "data", evidence, download=download)


def _is_checked(call: Call, checks: tuple[str, ...], source: PythonSource) -> bool:
    """Whether the call is given a checksum, or the file compares one somewhere."""
    for keyword in call.node.keywords:
        named = keyword.arg in checks or (keyword.arg is not None and _CHECKING_NAME.search(keyword.arg))
        if named and not (isinstance(keyword.value, ast.Constant) and not keyword.value.value):
            return True
    return source.aliases.get("hashlib") == "hashlib" or any(_checks(last) for last, _ in source.named_calls)


@cache
def _checks(name: str) -> bool:
    return len(name) < 80 and bool(_CHECKING_NAME.search(name))


def _texts_of(call: Call, values: Values) -> list[str]:
    """The texts among a call's arguments, with those in a list written on the spot."""
    given = [*call.node.args, *(keyword.value for keyword in call.node.keywords)]
    nodes = [item for node in given for item in (node.elts if isinstance(node, ast.List) else [node])]
    return [text.text for node in nodes if (text := values.text(node, call)).how not in {"unknown", "runtime"}]


def _each_once(references: list[FoundReference]) -> Iterator[FoundReference]:
    """A wrapper and the call inside it name the same address at the same place."""
    seen: set[tuple[int | None, int, str]] = set()
    for item in references:
        if (key := (item.cell, item.line, item.text)) not in seen:
            seen.add(key)
            yield item
