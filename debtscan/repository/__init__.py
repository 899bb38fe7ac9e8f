"""Open any target safely and list it once: the only package that runs git.

A target is somebody else's: nothing in it is run or obeyed, no name in it becomes a path, no size in it is believed.
Pool workers import this package to read blobs, so GitPython and pathspec are imported where they are used.
"""

from __future__ import annotations

from debtscan.repository.blobs import BlobError, Reader, blob_id
from debtscan.repository.entries import File
from debtscan.repository.history import Commit, HistoryError
from debtscan.repository.target import Repository, open_target

__all__ = ["BlobError", "Commit", "File", "HistoryError", "Reader", "Repository", "blob_id", "open_target"]
