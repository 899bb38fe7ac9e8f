"""History, streamed."""

from __future__ import annotations

import pytest
from git_made import FIRST_SECOND, commit, git, repository, write

from debtscan.repository import Commit, HistoryError, blob_id, open_target


def history(root, **options) -> list[Commit]:
    with open_target(str(root), **options) as opened:
        return list(opened.commits())


def person(name: str, address: str) -> dict[str, str]:
    return {"GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": address}


def test_commits_come_newest_first_with_their_changes(tmp_path):
    root = repository(tmp_path / "target", {"a.py": "1\n", "sub/b.py": "2\n"})
    first = git(root, "rev-parse", "HEAD")
    write(root, {"a.py": "3\n", "new\nname.py": ""})
    (root / "sub/b.py").unlink()
    second = commit(root, "fix the loader", second=FIRST_SECOND + 10)
    third = commit(root, "nothing", second=FIRST_SECOND + 20)

    found = history(root)
    author = found[0].author
    assert found == [
        Commit(hash=third, committed_at=FIRST_SECOND + 20, author=author, parents=1, bot=False, fix=False),
        Commit(
            hash=second,
            committed_at=FIRST_SECOND + 10,
            author=author,
            parents=1,
            bot=False,
            fix=True,
            changes=(("M", "a.py", blob_id(b"3\n")), ("A", "new\nname.py", blob_id(b"")), ("D", "sub/b.py", None)),
        ),
        Commit(
            hash=first,
            committed_at=FIRST_SECOND,
            author=author,
            parents=0,
            bot=False,
            fix=False,
            changes=(("A", "a.py", blob_id(b"1\n")), ("A", "sub/b.py", blob_id(b"2\n"))),
        ),
    ]


def test_a_work_tree_its_bare_clone_and_a_revision_have_the_same_history(tmp_path):
    root = repository(tmp_path / "target")
    write(root, {"b.py": ""})
    commit(root)
    git(tmp_path, "clone", "-q", "--bare", str(root), "bare.git")
    assert history(root) == history(tmp_path / "bare.git") == history(root, rev="main")


def test_a_merge_has_no_changes(tmp_path):
    root = repository(tmp_path / "target")
    git(root, "checkout", "-q", "-b", "side")
    write(root, {"side.py": ""})
    commit(root)
    git(root, "checkout", "-q", "main")
    write(root, {"main.py": ""})
    commit(root)
    git(root, "merge", "-q", "--no-edit", "side")

    found = history(root)
    assert (found[0].parents, found[0].changes) == (2, ())
    assert sorted((change.status, change.path) for commit in found for change in commit.changes) == [
        ("A", "main.py"),
        ("A", "side.py"),
        ("A", "train.py"),
    ]


def test_links_and_submodules_bring_no_content(tmp_path):
    root = repository(tmp_path / "target", {"a.py": "1\n"})
    (root / "link").symlink_to("a.py")
    git(root, "add", "link")
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},other")
    git(root, "commit", "-q", "-m", "a link and a submodule")
    assert history(root)[0].changes == (("A", "link", None), ("A", "other", None))


def test_sizes_are_told_of_what_is_here_and_not_of_what_is_missing(tmp_path):
    root = repository(tmp_path / "target", {"a.py": "1\n", "b.py": "22\n"})
    blobs = [blob_id(b"1\n"), "1" * 40, blob_id(b"22\n")]
    with open_target(str(root)) as opened:
        assert opened.blob_sizes(blobs * 9_000) == [2, None, 3] * 9_000
    with open_target(str(write(tmp_path / "plain", {"a.py": ""}))) as opened:
        assert opened.blob_sizes(blobs) == [None, None, None]


def test_one_person_with_two_addresses_is_one_author_when_the_mailmap_says_so(tmp_path):
    root = repository(tmp_path / "target")
    commit(root, **person("Bea", "bea@home.example"))
    commit(root, **person("Bea B.", "bea@work.example"))
    assert len({commit.author for commit in history(root)}) == 3

    write(root, {".mailmap": "Bea <bea@work.example> <bea@home.example>\n"})
    commit(root, **person("Bea", "bea@work.example"))
    assert len({commit.author for commit in history(root)}) == 2
    assert len({commit.author for commit in history(root, rev="HEAD~1")}) == 3


def test_an_author_is_a_keyed_hash_that_differs_between_repositories(tmp_path):
    one = repository(tmp_path / "one", {"a.py": ""})
    two = repository(tmp_path / "two", {"b.py": ""})
    git(tmp_path, "clone", "-q", str(one), "copy")
    [first], [second], [copied] = history(one), history(two), history(tmp_path / "copy")
    assert first.author == copied.author != second.author
    assert "ada" not in first.author
    assert len(first.author) == 16


@pytest.mark.parametrize(
    ("name", "address", "bot"),
    [
        ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com", True),
        ("github-actions", "actions@github.com", True),
        ("Renovate Bot", "bot@renovateapp.com", True),
        ("pre-commit-ci", "x@example.com", True),
        ("my-release-bot", "x@example.com", True),
        ("Abbot Smith", "abbot@example.com", False),
        ("Bo Talbot", "bo@botany.example", False),
        ("Ada", "ada@example.com", False),
    ],
)
def test_bots_are_told_by_name_or_address(name, address, bot, tmp_path):
    root = repository(tmp_path / "target")
    commit(root, **person(name, address))
    assert history(root)[0].bot is bot


@pytest.mark.parametrize(
    ("message", "fix"),
    [
        ("Fix the loader", True),
        ("fixed #12", True),
        ("Bugfix: wrong axis", True),
        ("hotfix for serving", True),
        ("Hot-fix: nan", True),
        ("repair a regression in scoring", True),
        ("add prefix to names", False),
        ("debug output", False),
        ("fixture for the loader", False),
        ("fix typo", False),
        ("fix lint", False),
        ("Fix docs", False),
        ("Fix a broken link in the tutorial", False),
        ("Fix black images after sampling", True),
        ("Add a model\n\nfix the loader on the way", False),
    ],
)
def test_a_fix_is_told_by_whole_words_of_the_subject(message, fix, tmp_path):
    root = repository(tmp_path / "target")
    commit(root, message)
    assert history(root)[0].fix is fix


def test_a_message_in_another_encoding_is_read(tmp_path):
    root = repository(tmp_path / "target")
    git(root, "config", "i18n.commitEncoding", "latin-1")
    git(root, "commit", "-q", "--allow-empty", "-F", "-", stdin="défaut: fix".encode("latin-1"))
    assert history(root)[0].fix


def test_a_history_that_breaks_off_gives_what_there_is_and_says_so(tmp_path):
    root = repository(tmp_path / "target")
    first = git(root, "rev-parse", "HEAD")
    for name in ("b.py", "c.py", "d.py"):
        write(root, {name: ""})
        last = commit(root)
    tree = git(root, "rev-parse", f"{first}^{{tree}}")
    (root / ".git/objects" / tree[:2] / tree[2:]).unlink()

    with open_target(str(root)) as opened:
        commits = opened.commits()
        assert next(commits).hash == last
        with pytest.raises(HistoryError, match="could not be read to its end"):
            list(commits)


@pytest.mark.parametrize("date", ["notadate +0000", "99999999999999999999999 +0000", "-5 +0000", "253402300800 +0000"])
def test_a_commit_with_an_impossible_date_is_left_out_and_said(date, tmp_path):
    root = repository(tmp_path / "target")
    text = git(root, "cat-file", "commit", "HEAD").replace("1700000000 +0000", date)
    parent = git(root, "rev-parse", "HEAD")
    text = text.replace("author", f"parent {parent}\nauthor", 1)
    damaged = git(root, "hash-object", "-w", "-t", "commit", "--stdin", "--literally", stdin=text.encode())
    git(root, "update-ref", "refs/heads/main", damaged)

    with open_target(str(root)) as opened:
        assert (opened.revision, opened.committed_at) == (damaged, None)
        commits = opened.commits()
        assert next(commits).hash == parent
        with pytest.raises(HistoryError, match="1 commit with an impossible date left out of the history"):
            next(commits)


def test_stopping_early_leaves_no_process_behind(tmp_path):
    root = repository(tmp_path / "target")
    commit(root)
    with open_target(str(root)) as opened:
        commits = opened.commits()
        next(commits)
        commits.close()
        with pytest.raises(StopIteration):
            next(commits)


def test_two_readings_of_a_history_are_equal(tmp_path):
    root = repository(tmp_path / "target")
    with open_target(str(root)) as opened:
        assert list(opened.commits()) == list(opened.commits())
