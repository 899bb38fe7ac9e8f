"""Every attack is shown to work against plain git first, and then to do nothing here."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from git_made import commit, contents, git, repository, write

from debtscan.errors import TargetError
from debtscan.repository import open_target


@pytest.fixture
def marker(tmp_path):
    """A file that only an executed command makes."""
    return tmp_path / "executed"


@pytest.fixture
def script(tmp_path, marker):
    path = tmp_path / "evil.sh"
    path.write_text(f"#!/bin/sh\ntouch {marker}\nexit 0\n")
    path.chmod(0o755)
    return str(path)


def fsmonitor(root, script):
    git(root, "config", "core.fsmonitor", script)
    return lambda: git(root, "status", check=False)


def included_configuration(root, script):
    (root / ".git/more").write_text(f"[core]\n\tfsmonitor = {script}\n")
    git(root, "config", "include.path", "more")
    return lambda: git(root, "status", check=False)


def clean_filter(root, script):
    git(root, "config", "filter.evil.clean", script)
    write(root, {".gitattributes": "*.py filter=evil\n", "train.py": "import os  # edited\n"})
    return lambda: git(root, "diff", check=False)


def smudge_filter(root, script):
    write(root, {".gitattributes": "*.py filter=evil\n"})
    commit(root)
    git(root, "config", "filter.evil.smudge", script)
    (root / "train.py").unlink()
    return lambda: git(root, "checkout", "--", "train.py", check=False)


def process_filter(root, script):
    git(root, "config", "filter.evil.process", script)
    write(root, {".gitattributes": "*.py filter=evil\n", "train.py": "import os  # edited\n"})
    return lambda: git(root, "diff", check=False)


def textconv(root, script):
    write(root, {".gitattributes": "*.py diff=evil\n"})
    commit(root)
    git(root, "config", "diff.evil.textconv", script)
    return lambda: git(root, "log", "-p", check=False)


def external_diff(root, script):
    git(root, "config", "diff.external", script)
    write(root, {"train.py": "import os  # edited\n"})
    return lambda: git(root, "diff", check=False)


def hooks(root, script):
    for name in ("post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc"):
        hook = root / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.symlink_to(script)
    return lambda: git(root, "checkout", "-q", "-b", "other", check=False)


def signature_program(root, script):
    text = git(root, "cat-file", "commit", "HEAD")
    head, _, body = text.partition("\n\n")
    signed = f"{head}\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\n{body}\n"
    revision = git(root, "hash-object", "-w", "-t", "commit", "--stdin", stdin=signed.encode())
    git(root, "update-ref", "refs/heads/main", revision)
    git(root, "config", "gpg.program", script)
    git(root, "config", "log.showSignature", "true")
    return lambda: git(root, "log", check=False)


def lazy_fetch(root, script):
    """A partial clone whose missing objects are fetched by a command of its own choice."""
    blob = git(root, "rev-parse", "HEAD:train.py")
    git(root, "config", "core.repositoryFormatVersion", "1")
    git(root, "config", "extensions.partialClone", "origin")
    git(root, "config", "remote.origin.url", "ssh://nowhere.invalid/x.git")
    git(root, "config", "remote.origin.promisor", "true")
    git(root, "config", "core.sshCommand", script)
    (root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    return lambda: git(root, "cat-file", "-p", blob, check=False)


def submodule(root, script):
    """git asks a submodule for its state in the submodule's own configuration."""
    inner = repository(root / "inner")
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{git(inner, 'rev-parse', 'HEAD')},inner")
    git(root, "commit", "-q", "-m", "add a submodule")
    git(inner, "config", "core.fsmonitor", script)
    return lambda: git(root, "status", check=False)


def embedded_bare_repository(root, script):
    inner = root / "data.git"
    inner.mkdir()
    git(inner, "init", "-q", "--bare")
    for key, value in {"core.bare": "false", "core.worktree": str(inner), "core.fsmonitor": script}.items():
        git(inner, "config", key, value)
    return lambda: git(inner, "status", check=False)


ATTACKS: list[Callable] = [
    fsmonitor,
    included_configuration,
    clean_filter,
    smudge_filter,
    process_filter,
    textconv,
    external_diff,
    hooks,
    signature_program,
    lazy_fetch,
    submodule,
    embedded_bare_repository,
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_what_makes_git_run_a_command_runs_nothing_in_an_audit(attack, tmp_path, marker, script):
    root = repository(tmp_path / "target")
    provoke = attack(root, script)

    contents(root)
    contents(root, rev="HEAD")
    contents(root / ".git")
    assert not marker.exists()

    provoke()
    assert marker.exists(), "the attack does not work, so the test proves nothing"


def test_a_missing_object_of_a_partial_clone_is_a_gap(tmp_path, script):
    root = repository(tmp_path / "target", {"train.py": "1\n", "b.py": "2\n"})
    lazy_fetch(root, script)

    with open_target(str(root / ".git")) as opened:
        assert [(file.path, file.size_bytes, file.present) for file in opened.files] == [
            ("b.py", 2, True),
            ("train.py", None, False),
        ]
        assert opened.partial
        assert [gap.why for gap in opened.gaps] == [
            "1 file missing in this partial clone: size unknown, content not read"
        ]
    assert contents(root / ".git") == {"b.py": b"2\n", "train.py": "is missing in this partial clone"}


@pytest.mark.parametrize(
    "target",
    ["--upload-pack=touch {}", "-u touch {}", "ext::touch {}", "ext::sh -c touch% {}", "fd::17", "file://host/{}"],
)
def test_a_target_that_looks_like_an_option_or_a_command_is_refused(target, marker):
    with pytest.raises(TargetError):
        open_target(target.format(marker))
    assert not marker.exists()


@pytest.mark.parametrize(
    "target", ["ssh://-oProxyCommand=touch {}/x", "ssh://-oProxyCommand=x@-h/y", "git@-oProxyCommand=x:y"]
)
def test_a_host_that_is_an_option_of_ssh_is_refused(target, marker):
    with pytest.raises(TargetError):
        open_target(target.format(marker))
    assert not marker.exists()


@pytest.mark.parametrize("rev", ["--output=out", "-1", "HEAD:train.py", "HEAD^{/x", "no such", "../../x"])
def test_a_revision_is_never_an_option_nor_a_path(rev, tmp_path):
    root = repository(tmp_path / "target")
    with pytest.raises(TargetError, match="no revision"):
        open_target(str(root), rev=rev)


def test_a_replacement_of_an_object_is_not_believed(tmp_path):
    root = repository(tmp_path / "target")
    fake = git(root, "hash-object", "-w", "--stdin", stdin=b"import harmless\n")
    git(root, "replace", git(root, "rev-parse", "HEAD:train.py"), fake)
    assert git(root, "show", "HEAD:train.py") == "import harmless"

    assert contents(root, rev="HEAD") == {"train.py": b"import torch\n"}
    with pytest.raises(TargetError, match="no revision"):
        open_target(str(root), rev=f"refs/replace/{git(root, 'rev-parse', 'HEAD:train.py')}")


def test_a_graft_does_not_rewrite_history(tmp_path):
    root = repository(tmp_path / "target")
    revision = commit(root, "second")
    write(root / ".git", {"info/grafts": f"{revision}\n"})
    assert len(git(root, "log", "--format=%h").split()) == 1

    with open_target(str(root)) as opened:
        assert len(list(opened.commits())) == 2


def test_settings_of_the_callers_shell_do_not_lead_git_elsewhere(tmp_path, monkeypatch, marker, script):
    root = repository(tmp_path / "target")
    other = repository(tmp_path / "other", {"secret.py": "\n"})
    git(other, "config", "core.fsmonitor", script)
    for name, value in {
        "GIT_DIR": other / ".git",
        "GIT_WORK_TREE": other,
        "GIT_INDEX_FILE": other / ".git/index",
        "GIT_OBJECT_DIRECTORY": other / ".git/objects",
        "GIT_COMMON_DIR": other / ".git",
        "GIT_NAMESPACE": "x",
        "GIT_ICASE_PATHSPECS": "1",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": script,
        "GIT_CONFIG_PARAMETERS": f"'core.fsmonitor'='{script}'",
        "GIT_EXTERNAL_DIFF": script,
    }.items():
        monkeypatch.setenv(name, str(value))

    assert contents(root) == contents(root, rev="HEAD") == {"train.py": b"import torch\n"}
    assert not marker.exists()
