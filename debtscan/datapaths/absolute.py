"""What an absolute path is bound to: nothing (`/tmp`), a platform (`/kaggle`), or one person's or company's machine."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

Bound: TypeAlias = Literal["runtime", "platform", "home", "drive", "mount"]

_RUNTIME = re.compile(
    r"^/(tmp|private/tmp|var|dev|proc|sys|etc|usr|bin|sbin|lib|lib64|boot|run|snap|opt|nix|System|Library|Applications)(/|$)"
    r"|^(~|/root|/(home|Users)/[^/]+)/\.|^[A-Za-z]:[/\\]+(Windows|Program Files|ProgramData|Temp|tmp)\b",
    re.IGNORECASE,
)
_PLATFORM = re.compile(
    r"^/(kaggle|content|dbfs|databricks|FileStore|lakehouse|opt/ml|opt/airflow|opt/spark|mnt/azureml|mnt/batch|workspaces?"
    r"|workdir|app|code|src|repo|inputs?|outputs?|models?|gcs|s3|hdfs|floyd|valohai|storage|notebooks|usr/src|lambda|var/task"
    r"|home/(jovyan|jupyter|sagemaker-user|ec2-user|airflow|app|appuser|user|ubuntu/\.|runner|vscode|gitpod|codespace)"
    r"|mnt/(data|datalake|lake|s3)|azureml|mlflow|airflow|function|worker|pfs)(/|$)"
)
_HOME = re.compile(
    r"^(~|/root|/(?:export/)?home/[^/]+|/Users/[^/]+|[A-Za-z]:[/\\]+(?:Users|Documents and Settings)[/\\]+[^/\\]+)"
)
_DRIVE = re.compile(r"^[A-Za-z]:[/\\]")
_SHARE = re.compile(r"^/(mnt|media|scratch\w*|nfs\w*|raid\w*|share[sd]?|net|gpfs\w*|lustre\w*|afs|Volumes|export)/")
_USER = re.compile(
    r"(?P<before>/home/|/Users/|[A-Za-z]:[/\\]+Users[/\\]+)(?!jovyan|jupyter|ec2-user|runner|ubuntu|app\b)(?P<user>[^/\\\s'\")]+)"
)


def bound_to(path: str, mounted: frozenset[str], *, in_containers: bool, in_notebook: bool = False) -> Bound:
    """What an absolute path is bound to.

    `mounted` are folders that containers of the repository have; where its code runs in containers (`in_containers`),
    a folder of no known share is taken for one of theirs. The home of root in a notebook (`in_notebook`) is that of
    the machine which a platform lends (Colab, Kaggle).
    """
    if in_notebook and path.startswith("/root/"):
        return "platform"
    if _PLATFORM.search(path) or any(path == folder or path.startswith(f"{folder}/") for folder in mounted):
        return "platform"
    if _RUNTIME.search(path):
        return "runtime"
    if _HOME.match(path):
        return "home"
    if _DRIVE.match(path):
        return "drive"
    return "platform" if in_containers and not _SHARE.match(path) else "mount"


def machine_root(path: str) -> str:
    """The part of a path that another machine lacks: a home and one folder, a drive and one, else two folders."""
    separator = "\\" if "\\" in path else "/"
    home = _HOME.match(path)
    start = home[0] if home else path[:2] if _DRIVE.match(path) else ""
    folders = [part for part in re.split(r"[/\\]+", path[len(start) :])[:-1] if part]
    kept = [folder for folder in folders[: 1 if start else 2] if "*" not in folder]
    return without_user(separator.join([start, *kept]))


def without_user(text: str) -> str:
    """The text with the names of people in home folders left out."""
    return _USER.sub(lambda match: f"{match['before']}\u2039user\u203a", text)
