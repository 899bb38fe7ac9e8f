"""pip-audit does the audit: of an index, and of its online service, whose silence is never clean."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version as installed
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from osv_records import record, write_folder
from packaging.specifiers import SpecifierSet
from requests.adapters import HTTPAdapter

from debtscan.advisories import services
from debtscan.advisories.asking import NO_VERSION, Answer, Vulnerability, ask
from debtscan.advisories.source import indexed, online

ROOT = Path(__file__).parents[2]


def answers(folder: Path, records: list[dict], *packages: tuple[str, str]) -> dict[tuple[str, str], Answer]:
    with indexed(write_folder(folder, *records), None) as advisories:
        return dict(ask(advisories, packages))


def test_the_private_parts_of_pip_audit_are_those_of_a_pinned_version():
    assert installed("pip-audit") in SpecifierSet(">=2.10,<2.11")
    assert "pip-audit>=2.10,<2.11" in (ROOT / "pyproject.toml").read_text()


def test_a_package_has_its_vulnerabilities_and_the_way_out(tmp_path):
    records = [
        record(aliases=["CVE-2026-1"], published="2026-09-01T00:00:00Z", database_specific={"severity": "HIGH"}),
        record("PYSEC-2026-2", events=[{"introduced": "1.2"}, {"fixed": "1.5"}]),
        record("PYSEC-2026-3", events=[{"introduced": "1.4.5"}, {"fixed": "1.6"}]),
        record("PYSEC-2026-4", "other"),
    ]
    assert answers(tmp_path, records, ("demo", "1.4.0"), ("demo", "1.6"), ("demo", "1.4.0")) == {
        ("demo", "1.4.0"): Answer(
            vulnerabilities=(
                Vulnerability("PYSEC-2026-1", ("CVE-2026-1",), "high", "1.4.2", "patch", "2026-09-01"),
                Vulnerability("PYSEC-2026-2", (), "unknown", "1.5", "minor", None),
            ),
            upgrade="1.6",
            distance="minor",
        ),
        ("demo", "1.6"): Answer(),
    }


def test_records_that_share_a_name_through_others_are_one_vulnerability(tmp_path):
    records = [
        record("GHSA-aaaa-bbbb-cccc", aliases=["CVE-2026-1"], database_specific={"severity": "CRITICAL"}),
        record("OTHER-1", aliases=["CVE-2026-2"], published="2026-08-01T00:00:00Z"),
        record("PYSEC-2026-1", aliases=["CVE-2026-1", "CVE-2026-2"], events=[{"introduced": "0"}, {"fixed": "1.4.3"}]),
    ]
    others = ("CVE-2026-1", "CVE-2026-2", "GHSA-aaaa-bbbb-cccc", "OTHER-1")
    found = Vulnerability("PYSEC-2026-1", others, "critical", "1.4.3", "patch", "2026-08-01")
    assert answers(tmp_path, records, ("demo", "1.4.0")) == {
        ("demo", "1.4.0"): Answer(vulnerabilities=(found,), upgrade="1.4.3", distance="patch")
    }


def test_a_version_that_cannot_be_compared_is_not_audited(tmp_path):
    assert answers(tmp_path, [record()], ("demo", "2004d")) == {("demo", "2004d"): Answer(why=NO_VERSION)}


def test_a_pip_module_in_the_working_directory_is_not_run(tmp_path):
    folder = write_folder(tmp_path / "osv", record())
    target = tmp_path / "target"
    target.mkdir()
    (target / "pip.py").write_text("open('was_run', 'w')\n")
    code = (
        f"import sys; sys.path[:1] = [{str(ROOT)!r}]\n"
        "from pathlib import Path\nfrom debtscan.advisories.asking import ask\n"
        "from debtscan.advisories.source import indexed\n"
        f"with indexed(Path({str(folder)!r}), None) as advisories: print(len(ask(advisories, [('demo', '1.0')])))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=target, capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"
    assert [entry.name for entry in target.iterdir()] == ["pip.py"]


class Service(BaseHTTPRequestHandler):
    """Knows `demo`, is broken for `broken`, drops the line for `gone`, and knows nothing else."""

    def do_GET(self):
        name = self.path.split("/")[2]
        self.server.asked.append(self.path)
        if name == "gone":
            self.connection.close()
            return
        body = {"demo": json.dumps(self.server.answer), "broken": "<html>"}.get(name)
        self.send_response(404 if body is None else 200)
        self.end_headers()
        self.wfile.write((body or "").encode())

    def log_message(self, *arguments):
        pass


class Loopback(HTTPAdapter):
    """Takes every request to the test's server."""

    port = 0

    def send(self, request, *arguments, **options):
        request.url = urlsplit(request.url)._replace(scheme="http", netloc=f"127.0.0.1:{self.port}").geturl()
        return super().send(request, *arguments, **options)


@pytest.fixture
def service(monkeypatch):
    server = HTTPServer(("127.0.0.1", 0), Service)
    server.asked, server.answer = [], {}
    thread = Thread(target=partial(server.serve_forever, 0.01))
    thread.start()
    real = services._online

    def redirected(advisories):
        found, adapter = real(advisories), Loopback()
        adapter.port = server.server_port
        found.session.mount("https://", adapter)
        return found

    monkeypatch.setattr(services, "_online", redirected)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def asked_online(tmp_path, *packages: tuple[str, str]):
    with online(tmp_path / "cache") as advisories:
        yield dict(ask(advisories, packages))


def test_the_online_service_is_asked_for_each_release_once(service, tmp_path):
    vulnerability = {
        "id": "PYSEC-2026-1",
        "aliases": ["CVE-2026-1"],
        "fixed_in": ["0.9", "2.0", "1.5"],
        "details": "invented",
        "published": "2026-09-01T00:00:00Z",
    }
    service.answer = {"vulnerabilities": [vulnerability, {**vulnerability, "id": "PYSEC-2026-2", "withdrawn": "2026"}]}
    with asked_online(tmp_path, ("demo", "1.4.0+cpu"), ("demo", "1.4.0+cpu")) as found:
        known = Vulnerability("PYSEC-2026-1", ("CVE-2026-1",), "unknown", "1.5", "minor", "2026-09-01")
        assert found == {
            ("demo", "1.4.0+cpu"): Answer(vulnerabilities=(known,), upgrade="1.5", distance="minor"),
        }
    assert service.asked == ["/pypi/demo/1.4.0/json"]


def test_what_the_service_does_not_know_or_answer_is_not_audited(service, tmp_path):
    service.answer = {"vulnerabilities": []}
    packages = [("broken", "1"), ("demo", "1"), ("gone", "1"), ("private", "1")]
    with asked_online(tmp_path, *packages) as found:
        assert [found[package] for package in packages] == [
            Answer(why=services.FAILED),
            Answer(),
            Answer(why=services.FAILED),
            Answer(why=services.UNKNOWN_TO_SERVICE),
        ]


def test_a_service_that_is_gone_is_not_asked_for_ever(service, tmp_path):
    with asked_online(tmp_path, *(("gone", str(number)) for number in range(50))) as found:
        assert set(found.values()) == {Answer(why=services.FAILED)}
    assert len(set(service.asked)) == services.MAX_FAILURES
