"""Calls that make, join and open paths, by their dotted names, as `debtscan.source.values` follows them."""

from __future__ import annotations

JOINS = frozenset({"os.path.join", "posixpath.join", "ntpath.join", "tensorflow.io.gfile.join"})
PATHS = frozenset(
    {"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "pathlib.PurePosixPath", "upath.UPath", "anyio.Path"}
    | {"cloudpathlib.AnyPath", "etils.epath.Path", "py.path.local"}
)
SAME = frozenset(
    {"str", "os.path.abspath", "os.path.realpath", "os.path.normpath", "os.path.expanduser", "os.path.expandvars"}
    | {"os.fspath", "os.fsencode", "hydra.utils.to_absolute_path", "glob.glob", "glob.iglob", "sorted", "list", "iter"}
    | {"tqdm.tqdm", "tqdm.auto.tqdm", "tqdm.notebook.tqdm", "tensorflow.io.gfile.glob", "natsort.natsorted"}
)
"""Calls whose result stands for their first argument: the same path, or the files it matches."""
HANDLES = frozenset(
    {"open", "io.open", "codecs.open", "gzip.open", "bz2.open", "lzma.open", "tensorflow.io.gfile.GFile"}
    | {"tensorflow.gfile.GFile", "fsspec.open", "smart_open.open", "h5py.File", "PIL.Image.open", "pandas.ExcelFile"}
    | {"pandas.HDFStore", "netCDF4.Dataset", "tarfile.open"}
)
SAME_METHODS = frozenset({"resolve", "absolute", "as_posix", "expanduser", "strip", "rstrip", "lstrip"})
DEFAULT_MAKERS = frozenset({"typer.Option", "typer.Argument", "pydantic.Field", "dataclasses.field"})
RUNTIME = frozenset(
    {"input", "sys.stdin", "getpass.getpass", "dbutils.widgets.get", "tempfile.mkdtemp"}
    | {"tempfile.TemporaryDirectory", "tempfile.NamedTemporaryFile", "tempfile.mktemp", "tempfile.gettempdir"}
)
"""Calls whose result only the machine tells, or a person."""
