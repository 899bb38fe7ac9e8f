"""Clone URLs, against git's own server on this machine."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from git_made import commit, git, repository, write

from debtscan.errors import TargetError
from debtscan.repository import open_target
from debtscan.repository.clone import Url, masked, parse

TOKEN = "t0p-s3cret"


class _Served(BaseHTTPRequestHandler):
    """`git http-backend` behind the standard library; paths below `/private` want the token."""

    root: Path
    seen: list[str]

    def do_GET(self):
        self.seen.append(self.path)
        expected = "Basic " + base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
        if self.path.startswith("/private") and self.headers.get("Authorization") != expected:
            self.send_response(401)
            self.send_header("WWW-Authenticate", "Basic realm=git")
            self.end_headers()
            return
        url = urlsplit(self.path)
        answer = subprocess.run(
            ["git", "http-backend"],
            input=self.rfile.read(int(self.headers.get("Content-Length", 0))),
            capture_output=True,
            check=False,
            env={
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": str(self.root),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_CONFIG_COUNT": "2",
                "GIT_CONFIG_KEY_0": "uploadpack.allowFilter",
                "GIT_CONFIG_VALUE_0": "true",
                "GIT_CONFIG_KEY_1": "safe.directory",
                "GIT_CONFIG_VALUE_1": "*",
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "REQUEST_METHOD": self.command,
                "PATH_INFO": url.path.removeprefix("/private"),
                "QUERY_STRING": url.query,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            },
        ).stdout
        head, _, body = answer.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(headers.pop("Status", "200 OK").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - the name that http.server calls

    def log_message(self, *arguments):
        pass


@pytest.fixture
def origin(tmp_path):
    return repository(tmp_path / "served/churn", {"train.py": "import torch\n", "big.csv": os.urandom(4_300_000)})


@pytest.fixture
def server(tmp_path):
    handler = type("Handler", (_Served,), {"root": tmp_path / "served", "seen": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()


def test_a_url_is_cloned_without_its_largest_blobs_and_updated_in_place(origin, server, tmp_path):
    said: list[str] = []
    url = f"{server}/churn/.git"
    with open_target(url, cache=tmp_path / "cache", progress=said.append) as opened:
        assert (opened.source, opened.kind, opened.branch) == (url, "bare", "main")
        assert opened.revision == git(origin, "rev-parse", "HEAD")
        assert [(file.path, file.size_bytes, file.present) for file in opened.files] == [
            ("big.csv", None, False),
            ("train.py", 13, True),
        ]
        with opened.reader.open() as blobs:
            assert blobs.read(opened.files[1]) == b"import torch\n"
        assert len(list(opened.commits())) == 1

    write(origin, {"new.py": ""})
    git(origin, "checkout", "-q", "-b", "trunk")
    revision = commit(origin)
    git(origin, "branch", "-q", "-D", "main")
    with open_target(url, cache=tmp_path / "cache", progress=said.append) as opened:
        assert (opened.revision, opened.branch) == (revision, "trunk")
        assert [file.path for file in opened.files] == ["big.csv", "new.py", "train.py"]
    assert said == [f"cloning {url}", f"updating the clone of {url}"]
    assert len([path for path in (tmp_path / "cache/clones").iterdir() if path.is_dir()]) == 1


def test_without_a_cache_a_clone_goes_with_its_scratch_directory(origin, server):
    with open_target(f"{server}/churn", rev="main") as opened:
        scratch = Path(opened.reader.directory).parent
        assert (scratch / "clones").is_dir()
    assert not scratch.exists()


def test_a_token_is_sent_and_written_nowhere(origin, server, tmp_path):
    cache = tmp_path / "cache"
    url = f"{server}/private/churn"
    with open_target(url, cache=cache, token=TOKEN) as opened:
        assert opened.source == url
    for user in (f"x-access-token:{TOKEN}", f"x-access-token:{TOKEN.replace('-', '%2D')}"):
        with open_target(url.replace("//", f"//{user}@"), cache=cache) as opened:
            assert opened.source == url
    encoded = base64.b64encode(f"x-access-token:{TOKEN}".encode())
    for path in cache.rglob("*"):
        if path.is_file():
            assert TOKEN.encode() not in path.read_bytes()
            assert encoded not in path.read_bytes()
    assert (cache / "clones").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("credentials", ["", "ada:wr0ng-pw@"])
def test_a_refused_clone_is_one_line_without_credentials(credentials, server, tmp_path):
    with pytest.raises(TargetError) as caught:
        open_target(f"{server.replace('//', f'//{credentials}')}/private/churn", cache=tmp_path / "cache")
    text = str(caught.value)
    assert text.startswith(f"cannot clone {server}/private/churn: ")
    assert "wr0ng" not in text
    assert "\n" not in text


def test_a_repository_that_is_not_there_is_one_clear_line(server):
    with pytest.raises(TargetError, match=r"cannot clone http://127\.0\.0\.1:[0-9]+/none: .*not found"):
        open_target(f"{server}/none")


def test_credentials_are_not_sent_in_the_clear():
    with pytest.raises(TargetError) as caught:
        open_target("http://ada:pw@git.example.com/churn.git")
    assert str(caught.value) == (
        "cannot clone http://git.example.com/churn.git: credentials are not sent over http://; use https://"
    )


@pytest.mark.parametrize(
    ("target", "url", "name"),
    [
        ("https://example.com/a/churn.git", Url("https://example.com/a/churn.git"), "churn"),
        ("https://ada:p%40w@example.com:8443/churn/", Url("https://example.com:8443/churn/", "ada:p@w"), "churn"),
        ("https://token@example.com/churn?private_token=x#y", Url("https://example.com/churn", "token:"), "churn"),
        ("ssh://git:pw@example.com:22/a/churn.git", Url("ssh://git@example.com:22/a/churn.git"), "churn"),
        ("git@example.com:team/churn.git", Url("git@example.com:team/churn.git"), "churn"),
        ("file:///srv/git/churn.git", Url("file:///srv/git/churn.git"), "churn"),
        ("https://[::1]:8080/churn", Url("https://[::1]:8080/churn"), "churn"),
    ],
)
def test_a_url_loses_its_credentials(target, url, name):
    parsed = parse(target)
    assert parsed == url
    assert parsed is not None
    assert parsed.name == name


@pytest.mark.parametrize("target", ["churn", "./a:b", "C:\\churn", "a/b@c:d", "~/churn", "@host:x", "-a@b:c"])
def test_a_path_is_no_url(target):
    assert parse(target) is None


@pytest.mark.parametrize("target", ["git://example.com/x", "ftp://example.com/x", "https:///x", "http://:80/x"])
def test_what_is_not_fetched_is_refused(target):
    with pytest.raises(TargetError, match="only https://, ssh://, git@host:path and file:///path are fetched"):
        parse(target)


def test_credentials_in_gits_answers_are_masked():
    assert masked("fatal: https://ada:pw@host/x and ssh://t0ken@h: no") == "fatal: https://host/x and ssh://h: no"


def test_a_file_url_is_read_where_it_lies_and_not_its_work_tree(tmp_path):
    root = repository(tmp_path / "a b")
    write(root, {"new.py": ""})
    with open_target(f"file://{tmp_path}/a%20b") as opened:
        assert (opened.name, opened.kind, [file.path for file in opened.files]) == ("a b", "bare", ["train.py"])
    with pytest.raises(TargetError, match="no git repository there"):
        open_target(f"file://{tmp_path}")
