"""Addresses of data: what they are of, and whether what lies there may change under the same address."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from debtscan.repository.kinds import kind_of

Steadiness: TypeAlias = Literal["versioned", "mutable", "unversioned"]

ADDRESS = re.compile(
    r"[a-zA-Z][a-zA-Z0-9+.-]+:(?://|/(?=dbfs|FileStore))|dbfs:/|jdbc:|(?:models|runs|wandb|table):(?=/)"
)
DRIVE = "https://drive.google.com/uc?id="
"""The address of a file of Google Drive, before its key."""
_CLOUD = re.compile(r"(s3[an]?|gs|gcs|abfss?|wasbs?|adl|hdfs|dbfs|oss|cos|r2|azureml|swift):", re.IGNORECASE)
_BRANCH = re.compile(
    r"(?://raw\.githubusercontent\.com/[^/]+/[^/]+|//media\.githubusercontent\.com/media/[^/]+/[^/]+"
    r"|//(?:www\.)?github\.com/[^/]+/[^/]+/(?:raw|blob)|/-/raw|//huggingface\.co/.+?/(?:resolve|raw)"
    r"|//bitbucket\.org/[^/]+/[^/]+/(?:raw|downloads))/(?:refs/heads/)?(?P<ref>[^/?#]+)/"
)
"""A file in a repository, by the name of a branch, a tag or a commit."""
_REFERENCE = re.compile(
    r"(?:lakefs://[^/]+/|models:/+[^/]+[/@]|wandb:/.*:|hf://[^@]+@)(?P<ref>[^/@:]+)(?:/|$)", re.IGNORECASE
)
_FIXED = re.compile(r"[0-9a-f]{7,64}|v?\d+(?:\.\d+)*(?:[-.]?\w+)?|refs/tags/.+|[\w.-]*\d+\.\d+[\w.-]*")
"""Names of a commit, a tag or a numbered version."""
_VERSION = re.compile(
    r"(?<![a-z])(?:v\d+|version)|/v?\d+\.\d+(?:\.\d+)?/|(?<!\d)(?:19|20)\d\d[-_/]?[01]\d(?!\d{3})|\bsha\d*\b|(?<!/)/[\w.-]+@|/[0-9a-f]{7,}\b"
    r"|[-_.][0-9a-f]{8,64}\.|/releases/download/|=[0-9a-f]{32,64}\b|/files/\d{4,}|^runs:/|/records?/\d{4,}",
    re.IGNORECASE,
)
_FROM = re.compile(r"\b(?:from|join)\s+(?P<table>[`\[]?\w[\w.$-]*[`\]]?)", re.IGNORECASE)
_TABLE = re.compile(r"(?P<table>\w+(?:\.\w+){0,3})")
_DATA_KINDS = frozenset({"data", "archive", "model"})
_TEXTS = frozenset({"json", "text", "doc"})
_TEXT_SUFFIX = re.compile(r"\.(json|txt|xml)$", re.IGNORECASE)
_SOFTWARE = re.compile(
    r"/python-\d|kubernetes|libtorch|/nightly/|(?:mini|ana)conda|miniforge|/archive/|\.(?:whl|deb|rpm|jar|war|exe|msi|dmg|pkg|egg)$|cuda|cudnn|tensorrt|openjdk"
    r"|\bjdk|spark-\d|hadoop-|node-v|cmake|ngrok|chromedriver|geckodriver|/requirements[^/]*\.txt$|/(?:license|readme)[^/]*$"
    r"|ta-lib|mujoco\d|opencv|ffmpeg|/protoc-|swig|nccl|openmpi|go\d\.\d",
    re.IGNORECASE,
)


def is_address(text: str) -> bool:
    return ADDRESS.match(text) is not None


def steadiness(address: str) -> Steadiness:
    """Whether the same address always means the same data: by a commit, tag, version or date in it.

    mutable: it names something that is meant to move (a branch, an alias, a place in a store that is written again).
    """
    if (match := _BRANCH.search(address) or _REFERENCE.match(address)) is not None:
        return "versioned" if _FIXED.fullmatch(match["ref"]) else "mutable"
    if _VERSION.search(address):
        return "versioned"
    return "mutable" if _CLOUD.match(address) or address.startswith("table:") else "unversioned"


def table_of(query: str) -> str | None:
    """The first table that a query or a bare name reads; None where it tells none."""
    match = _FROM.search(query) or _TABLE.fullmatch(query)
    return None if match is None else f"table:/{match['table'].strip('`[]')}"


def data_set_of_address(address: str) -> str:
    """The folder that a file lies in; the address itself where a number or a name in the query tells the file."""
    bare = re.split(r"[?#]", address, maxsplit=1)[0].rstrip("/")
    folder, _, name = bare.rpartition("/")
    return folder if "." in name and folder.count("/") > 1 and not folder.endswith("/") else address


def is_software(path: str) -> bool:
    """Whether a file is a program, a library or a text about them, by its name or address."""
    return _SOFTWARE.search(path) is not None


def is_data_name(path: str) -> bool:
    """Whether a file is data, an archive or a model by its name, and no software."""
    bare = re.split(r"[?#]", path, maxsplit=1)[0].rstrip("/")
    if is_software(bare):
        return False
    kind = kind_of(bare)
    return kind in _DATA_KINDS or (kind in _TEXTS and _TEXT_SUFFIX.search(bare) is not None)
