"""What cannot be opened is said in one line: what, where, what to do."""

from __future__ import annotations

import sys

import pytest
from git_made import write

from debtscan.errors import TargetError, UserError
from debtscan.repository import open_target


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("clinets/churn", "no such directory: {}/clinets/churn. Did you mean {}/clients/churn?"),
        ("clients/chrun", "no such directory: {}/clients/chrun. Did you mean {}/clients/churn?"),
        ("export.tar.gz", "no such file: {}/export.tar.gz"),
        ("nothing/like/it", "no such directory: {}/nothing/like/it"),
        ("notes.txt", "cannot audit {}/notes.txt: it is neither a folder nor an archive (.zip, .tar.gz, .tgz, .tar)"),
    ],
)
def test_a_target_that_is_not_there_is_one_clear_line(target, text, tmp_path):
    write(tmp_path, {"clients/churn/train.py": "", "notes.txt": ""})
    with pytest.raises(TargetError) as caught:
        open_target(f"{tmp_path}/{target}")
    assert str(caught.value) == text.format(tmp_path, tmp_path)


def test_a_guess_is_written_as_the_target_was(tmp_path, monkeypatch):
    write(tmp_path, {"clients/churn/train.py": ""})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TargetError, match=r"^no such directory: clinets/churn\. Did you mean clients/churn\?$"):
        open_target("clinets/churn")


def test_a_pattern_that_is_none_is_one_clear_line(root):
    with pytest.raises(UserError, match="a pattern of files to exclude is not understood: "):
        open_target(str(root), exclude=["*.md", "!"])


def test_an_unreadable_folder_is_one_clear_line(root, monkeypatch):
    monkeypatch.setattr("os.access", lambda *_: False)  # root may read everything
    with pytest.raises(TargetError, match=r"cannot read .*: permission denied"):
        open_target(str(root))


def test_a_machine_without_git_is_one_clear_line(root, monkeypatch):
    monkeypatch.setitem(sys.modules, "git.cmd", None)
    with pytest.raises(UserError, match="git is not installed or not on the PATH"):
        open_target(str(root))


def test_an_unknown_revision_names_the_branches(root):
    with pytest.raises(TargetError) as caught:
        open_target(str(root), rev="mian")
    assert str(caught.value) == "no revision 'mian' in churn; its branches: main (--rev chooses one)"


def test_a_revision_of_a_folder_without_git_is_an_error(tmp_path):
    root = write(tmp_path / "export", {"train.py": ""})
    with pytest.raises(TargetError, match=r"no git history in .*/export: there is no revision 'v1' to read"):
        open_target(str(root), rev="v1")


def test_a_bare_repository_whose_head_names_nothing_says_what_there_is(root):
    (root / ".git/HEAD").write_text("ref: refs/heads/master\n")
    with pytest.raises(TargetError) as caught:
        open_target(str(root / ".git"))
    assert str(caught.value) == (
        ".git: HEAD names the branch 'master', which has no commits; its branches: main (--rev chooses one)"
    )


def test_a_missing_commit_is_one_clear_line(root):
    (root / ".git/HEAD").write_text(f"{'1' * 40}\n")
    with pytest.raises(TargetError, match="churn: its commit 111111111111 is missing or damaged"):
        open_target(str(root))


def test_refs_in_a_form_that_is_not_read_are_one_clear_line(root):
    (root / ".git/reftable").mkdir()
    (root / ".git/HEAD").write_text("ref: refs/heads/.invalid\n")
    with pytest.raises(TargetError, match="kept as a reftable"):
        open_target(str(root))
