"""Commands that install: what `pip`, `conda`, `uv`, `poetry`, `pipenv`, `pdm` and `pixi` are told in scripts and images.

Options that take a value are known by name, so that a value is never mistaken for a package. Installing the installers
themselves is left out: that is how an environment begins, not what it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from debtscan.commands.shell import Command, Word, commands
from debtscan.manifests import conda
from debtscan.manifests.records import Install, Requirement, Unread
from debtscan.manifests.requirement import is_path, is_url, read_requirement

SECTION = "install command"
INSTALLERS = frozenset(
    {"pip", "setuptools", "wheel", "uv", "poetry", "pipenv", "pipx", "virtualenv", "conda", "mamba", "micromamba"}
    | {
        "hatch",
        "pdm",
        "pixi",
        "pip-tools",
        "conda-lock",
        "build",
        "nox",
        "tox",
        "distribute",
        "ez-setup",
        "poetry-core",
    }
)

SYSTEM_TOOLS = frozenset({"apt", "apk", "yum", "dnf", "brew"})
"""Package managers of operating systems; what they install is no Python environment."""
_PREFIXES = frozenset({"sudo", "env", "nohup", "command", "yes", "xargs", "-E", "-H"})
_PYTHON = re.compile(r"(?:.*/)?(?:python|pypy)[\d.]*$|\{?sys\.executable\}?$")
_PROGRAM = re.compile(
    r"(?:.*/)?(?P<name>pip|pipx|uv|rye|conda|mamba|micromamba|poetry|pipenv|pdm|pixi|conda-lock|pip-sync)[\d.]*$"
)
_SYSTEM_PROGRAM = re.compile(r"(?:.*/)?(?:(?P<apt>apt(?:-get|itude)?)|(?P<other>apk|yum|(?:micro)?dnf|brew))$")
_TOOLS = re.compile(r"pip|uv|rye|conda|mamba|poetry|pdm|pixi|apt|apk|yum|dnf|brew")
_VERBS = ("install", "sync", "create", "update", "add", "inject", "--with")
"""What every text with an install command has: most scripts have none and need not be split into words."""
_VALUED = frozenset(
    {"-i", "--index-url", "--extra-index-url", "-f", "--find-links", "-t", "--target", "--root", "--prefix", "--src"}
    | {"--platform", "--python-version", "--implementation", "--abi", "--no-binary", "--only-binary", "--progress-bar"}
    | {"--trusted-host", "--proxy", "--retries", "--timeout", "--cert", "--client-cert", "--cache-dir", "--log"}
    | {"--global-option", "--install-option", "--config-settings", "-C", "--upgrade-strategy", "--report", "--python"}
    | {"--index-strategy", "--prerelease", "--resolution", "--torch-backend", "--exclude-newer", "--default-index"}
    | {"--index", "--keyring-provider", "--link-mode", "--group", "-G", "--extra", "-E", "--source", "--categories"}
    | {
        "-n",
        "--name",
        "-p",
        "-c",
        "--channel",
        "--platforms",
        "--override-channels-file",
        "--without",
        "--with",
        "--only",
    }
    | {"--no-build-isolation-package", "--exists-action", "--use-feature", "--use-deprecated", "--environment", "-e"}
)
_FILES = frozenset({"-r", "--requirement", "--requirements", "-f", "--file"})
_SYSTEM_VALUED = frozenset({"-o", "--option", "-t", "--target-release", "--repository", "-X", "--virtual"})
_SYSTEM_NAME = re.compile(r"[A-Za-z0-9][\w.+-]*(?::\w+)?")
_READS = re.compile(r"-[a-qs-zA-Z]*r|--requirements?|--file")
_CONSTRAINTS = frozenset({"-c", "--constraint", "--constraints"})
_UNKNOWN = re.compile(r"^[^=<>!~]*[$`{}]|^[<-]|[`]|^\.$")
"""Words whose name only the shell or a person can fill in."""
_PATTERN = re.compile(r"[*<>]")
"""In a word that is no requirement: a pattern of files, a placeholder (`package<version>`)."""
_VARIABLE = re.compile(r"\$\{?\w+\}?|\{\w+\}")
_SHELLS = re.compile(r"(?:.*/)?(?:ba|z|da)?sh$")
_RUNNERS = frozenset({"conda", "mamba", "micromamba", "poetry", "uv", "pixi", "pipenv", "pdm", "hatch", "rye"})
"""Tools whose `run` starts a command inside their environment."""
_RUN_VALUED = frozenset({"-n", "--name", "-p", "--prefix", "-e", "--environment", "--with", "--python", "--extra"})
_LOCKED: dict[tuple[str, str], str] = {
    ("uv", "sync"): "uv.lock",
    ("rye", "sync"): "requirements.lock",
    ("poetry", "install"): "poetry.lock",
    ("poetry", "sync"): "poetry.lock",
    ("pipenv", "sync"): "Pipfile.lock",
    ("pdm", "install"): "pdm.lock",
    ("pdm", "sync"): "pdm.lock",
    ("pixi", "install"): "pixi.lock",
    ("conda-lock", "install"): "conda-lock.yml",
}
"""Commands that install what a tool's own lock says, with that lock's usual name."""


def installs(
    text: str, first_line: int = 1, cell: int | None = None, section: str = SECTION
) -> tuple[list[Install], list[Unread]]:
    """The install commands of a shell text."""
    if not (_TOOLS.search(text) and any(verb in text for verb in _VERBS)):
        return [], []
    unread: list[Unread] = []
    read = [_install(command, cell, section, unread) for command in _unwrapped(commands(text, first_line))]
    return [_marked(install, text) for install in read if install is not None], unread


def _unwrapped(written: Iterable[Command]) -> Iterator[Command]:
    """The commands, and in the place of `bash -c "..."` those inside its quotes."""
    for command in written:
        words = [word.text for word in command]
        at = next((at for at, word in enumerate(words[:3]) if re.fullmatch(r"-\w*c", word)), 0)
        if at and _SHELLS.match(words[at - 1]) and at + 1 < len(command):
            yield from commands(command[at + 1].text, command[at + 1].line)
        else:
            yield command


def _marked(install: Install, text: str) -> Install:
    """Note where the text itself may bring the manifest: a clone, a download, an export, a redirection into it."""
    if install.manifest is None:
        return install
    name = re.escape(install.manifest.rpartition("/")[2])
    brings = (
        rf"\bgit\s+clone\b|\b(?:wget|curl|gsutil|aws|unzip|tar)\b|\bexport\b[^\n]*{name}|>\s*\S*{name}|-o\s+\S*{name}"
    )
    return msgspec.structs.replace(install, made=True) if re.search(brings, text) else install


def _install(command: Command, cell: int | None, section: str, unread: list[Unread]) -> Install | None:
    plain = _without_prefixes(command)
    if brought := _brought(plain):
        read = (_package(_dated(word), cell, section, unread) for word in brought)
        if named := tuple(requirement for requirement in read if requirement is not None):
            return Install(plain[0].line, "uv", "packages", None, cell, named)
    words = _without_runners(plain)
    if not words:
        return None
    program = _PROGRAM.match(words[0].text)
    return _by_tool(program["name"], words, cell, section, unread) if program else _system(words, cell, section)


def _by_tool(tool: str, words: Command, cell: int | None, section: str, unread: list[Unread]) -> Install | None:
    """What the program `tool`, the first of the words, installs."""
    rest, line = words[1:], words[0].line
    if [word.text for word in words[:2]] == ["uv", "pip"]:
        tool, rest = "pip", words[2:]
    verbs = [word.text for word in rest if not word.text.startswith("-")][:2]
    verb = next(iter(verbs), "")
    if tool == "pip-sync" or (tool == "pip" and verb in {"install", "sync"}):
        return _pip(rest, line, cell, section, unread)
    if tool == "pipx":
        return _pipx(verb, rest, line, cell, section, unread)
    if tool in {"conda", "mamba", "micromamba"}:
        return _conda(rest, verbs, line, cell, section, unread)
    return _project_tool(tool, verb, rest, line, cell, section, unread)


def _without_prefixes(command: Command) -> Command:
    """The program and its arguments: `sudo`, `env A=b` and `python -m` dropped."""
    at = 0
    while at < len(command) and (command[at].text in _PREFIXES or re.match(r"[A-Za-z_]\w*=", command[at].text)):
        at += 1
    words = command[at:]
    if len(words) > 2 and _PYTHON.match(words[0].text) and words[1].text == "-m":
        return [words[2]._replace(line=words[0].line), *words[3:]]
    return words


def _without_runners(words: Command) -> Command:
    """What `conda run [-n name] command ...` and the like run."""
    while len(words) > 1 and words[0].text in _RUNNERS and words[1].text == "run":
        at = 2
        while at < len(words) and words[at].text.startswith("-"):
            at += 2 if words[at].text in _RUN_VALUED else 1
        words = _without_prefixes(words[at:])
    return words


def _brought(words: Command) -> list[Word]:
    """What `uv run --with x ...` adds to the environment for this run.

    Programs that `uvx` and `pipx run` start live in environments of their own and are none of the code's.
    """
    if [word.text for word in words[:2]] != ["uv", "run"]:
        return []
    found: list[Word] = []
    at = 2
    while at < len(words) and words[at].text.startswith("-"):
        option, equals, value = words[at].text.partition("=")
        if option == "--with":
            found += [Word(value, words[at].line)] if equals else words[at + 1 : at + 2]
        at += 2 if not equals and option in _VALUED | _RUN_VALUED else 1
    return found


def _dated(word: Word) -> Word:
    """The requirement that uv means by `name@version`."""
    match = re.fullmatch(r"(?P<name>[\w.-]+(?:\[[^\]]*\])?)@(?P<version>[\w.]+)", word.text)
    if match is None:
        return word
    return word._replace(text=match["name"] if match["version"] == "latest" else f"{match['name']}=={match['version']}")


def _pip(rest: Command, line: int, cell: int | None, section: str, unread: list[Unread]) -> Install | None:
    verb = next((at for at, word in enumerate(rest) if word.text in {"install", "sync"}), -1)
    words, manifest = _operands(rest[verb + 1 :])
    paths = [word for word in words if is_path(word.text)]
    read = (_package(word, cell, section, unread) for word in words if word not in paths)
    named = tuple(requirement for requirement in read if requirement is not None)
    if manifest is not None:
        return Install(line, "pip", "manifest", manifest, cell, named)
    if named:
        return Install(line, "pip", "packages", None, cell, named)
    return Install(line, "pip", "project", None, cell) if paths else None


def _operands(words: Command) -> tuple[list[Word], str | None]:
    """What `pip install` is given, editable or not, and the first file that it reads requirements from."""
    found: list[Word] = []
    manifest: str | None = None
    iterator = iter(words)
    for word in iterator:
        option, equals, value = word.text.partition("=") if word.text.startswith("--") else (word.text, "", "")
        if not option.startswith("-"):
            found.append(word)
        elif option in {"-e", "--editable"}:
            found.append(_editable(Word(value, word.line) if equals else next(iterator, Word("", word.line))))
        elif _READS.fullmatch(option):
            manifest = manifest or (value if equals else next(iterator, Word("", word.line)).text)
        elif not equals and (option in _VALUED or option in _CONSTRAINTS):
            next(iterator, None)
    return found, manifest


def _editable(word: Word) -> Word:
    """What follows `-e` is an address or a folder, never the name of a package: `-e src` is `./src`."""
    if not word.text or "$" in word.text or is_url(word.text) or is_path(word.text) or " @ " in word.text:
        return word
    return word._replace(text=f"./{word.text}")


def _package(word: Word, cell: int | None, section: str, unread: list[Unread]) -> Requirement | None:
    """A package named in a command; None for an installer and for what only the shell can tell."""
    if not word.text or (_UNKNOWN.search(word.text) and not is_url(word.text)):
        return None
    try:
        requirement = read_requirement(_VARIABLE.sub("0", word.text), section, word.line, cell=cell)
    except ValueError as error:
        if not _PATTERN.search(word.text):
            unread.append(Unread(str(error), word.line, cell))
        return None
    if requirement.name in INSTALLERS:
        return None
    return _as_written(requirement, word.text)


def _as_written(requirement: Requirement, text: str) -> Requirement:
    """A version that a variable decides (`torch==$VERSION`) stays as it is written."""
    version = re.search(r"[=<>!~].*", text) if _VARIABLE.search(text) and not requirement.url else None
    return (
        msgspec.structs.replace(requirement, specifier=version[0].partition(";")[0].strip()) if version else requirement
    )


def _conda(
    rest: Command, verbs: list[str], line: int, cell: int | None, section: str, unread: list[Unread]
) -> Install | None:
    if verbs[:1] == ["env"] and len(verbs) > 1 and verbs[1] in {"create", "update"}:
        return Install(line, "conda", "manifest", _value(rest, _FILES) or "environment.yml", cell)
    if verbs[:1] not in (["install"], ["create"]):
        return None
    if file := _value(rest, frozenset({"-f", "--file"})):
        return Install(line, "conda", "manifest", file, cell)
    named: list[Requirement] = []
    for word in list(_arguments(rest))[1:]:
        if _UNKNOWN.search(word.text):
            continue
        try:
            requirement = conda.read_spec(_VARIABLE.sub("0", word.text), section, word.line, cell)
        except ValueError as error:
            if not _PATTERN.search(word.text):
                unread.append(Unread(str(error), word.line, cell))
            continue
        if requirement.name not in INSTALLERS:
            named.append(_as_written(requirement, word.text))
    return Install(line, "conda", "packages", None, cell, tuple(named)) if named else None


def _system(words: Command, cell: int | None, section: str) -> Install | None:
    """Packages of the operating system; Debian's may say a version after `=`."""
    program = _SYSTEM_PROGRAM.match(words[0].text)
    arguments = list(_arguments(words[1:], _SYSTEM_VALUED)) if program else []
    if program is None or not arguments or arguments[0].text not in {"install", "add"}:
        return None
    named: list[Requirement] = []
    for word in arguments[1:]:
        name, equals, version = word.text.partition("=")
        if _SYSTEM_NAME.fullmatch(name) and not name.endswith((".rb", ".deb", ".rpm", ".apk")):
            named.append(
                Requirement(
                    name.partition(":")[0].lower(),
                    f"={version}" if equals else "",
                    "exact" if equals and "*" not in version else "none",
                    section,
                    word.line,
                    cell,
                    ecosystem="apt" if program["apt"] else "other",
                )
            )
    tool = "apt" if program["apt"] else program["other"].removeprefix("micro")
    return Install(words[0].line, tool, "packages", None, cell, tuple(named)) if named else None


def _project_tool(
    tool: str, verb: str, rest: Command, line: int, cell: int | None, section: str, unread: list[Unread]
) -> Install | None:
    """Poetry, uv, pipenv, pdm, pixi and conda-lock: they install what their manifest or lock says, or what is added."""
    operands = list(_arguments(rest))[1:]
    if verb == "add" or (tool, verb) == ("pipenv", "install"):
        read = (_package(word, cell, section, unread) for word in operands)
        if packages := tuple(requirement for requirement in read if requirement is not None):
            return Install(line, tool, "packages", None, cell, packages)
    if (tool, verb) == ("pipenv", "install"):
        return _pipenv(rest, line, cell)
    lock = _LOCKED.get((tool, verb))
    if tool == "conda-lock" and lock:
        lock = next((word.text for word in operands), lock)
    return Install(line, tool, "lock", lock, cell) if lock else None


def _pipx(verb: str, rest: Command, line: int, cell: int | None, section: str, unread: list[Unread]) -> Install | None:
    """Programs in environments of their own; `inject` adds packages to the environment of its first argument."""
    operands = list(_arguments(rest))[2 if verb == "inject" else 1 :]
    read = (_package(word, cell, section, unread) for word in operands if verb in {"install", "inject"})
    packages = tuple(requirement for requirement in read if requirement is not None)
    return Install(line, "pipx", "packages", None, cell, packages) if packages else None


def _pipenv(rest: Command, line: int, cell: int | None) -> Install:
    if file := _value(rest, frozenset({"-r", "--requirements"})):
        return Install(line, "pipenv", "manifest", file, cell)
    if any(word.text in {"--deploy", "--ignore-pipfile"} for word in rest):
        return Install(line, "pipenv", "lock", "Pipfile.lock", cell)
    return Install(line, "pipenv", "manifest", "Pipfile", cell)


def _arguments(words: Iterable[Word], valued: frozenset[str] = _VALUED | _FILES) -> Iterator[Word]:
    """Words that are neither options nor values of options."""
    iterator = iter(words)
    for word in iterator:
        if not word.text.startswith("-"):
            yield word
        elif word.text in valued:
            next(iterator, None)


def _value(words: Command, options: frozenset[str]) -> str | None:
    for at, word in enumerate(words):
        name, equals, value = word.text.partition("=")
        if name in options:
            return value if equals else words[at + 1].text if at + 1 < len(words) else None
    return None
