"""Nothing secret leaves a target, and nothing hostile in it does anything, whatever the output."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from commanded import AS_OF, commit

from debtscan.cli.run import run

PASSWORD, TOKEN, SIGNATURE = "hunter2-correct-horse", "ghp_0123456789abcdefghijABCDEFGHIJ0123", "5f4dcc3b5aa765d61d83"
EMAIL = "grace.hopper@navy.example.com"
SECRETS = (PASSWORD, TOKEN, SIGNATURE, EMAIL, "Grace Hopper")
HOSTILE = "</script><img src=x onerror=alert(1)>"
OVERRIDE, ESCAPE = "\u202e", "\x1b"
LONG = "x" * 200


def leaky(folder: Path) -> Path:
    """A repository that says every secret in every place a fact could be made of."""
    files = {
        "requirements.txt": f"pandas\ngit+https://{TOKEN}@example.com/team/tool.git@main\n--index-url https://bot:{PASSWORD}@example.com/simple\n",
        "train.py": (
            f"import pandas as pd\nfrom sklearn.linear_model import SGDClassifier\n"
            f"PASSWORD = '{PASSWORD}'\n"
            f"df = pd.read_csv('https://store.example.com/a.csv?X-Amz-Signature={SIGNATURE}&x=1')\n"
            f"db = pd.read_sql('select 1', 'postgresql://grace:{PASSWORD}@db.example.com/x')\n"
            f"users = pd.read_csv('/home/grace/{EMAIL}.csv')  # ask {EMAIL}\n"
            "SGDClassifier().fit(df, db)\n"
        ),
        "notebook.ipynb": json.dumps(
            {
                "nbformat": 4,
                "nbformat_minor": 5,
                "metadata": {},
                "cells": [
                    {
                        "cell_type": "code",
                        "source": f"!pip install git+https://oauth2:{TOKEN}@example.com/a.git\nkey = '{TOKEN}'",
                        "execution_count": 2,
                        "outputs": [{"output_type": "stream", "text": PASSWORD}],
                    },
                    {"cell_type": "code", "source": "1", "execution_count": 1, "outputs": []},
                ],
            }
        ),
        "Dockerfile": f"FROM python:3\nENV API_TOKEN={TOKEN}\nRUN pip install --extra-index-url https://u:{PASSWORD}@example.com/simple numpy\n",
        "broken.py": f"x = '{PASSWORD}\n",
        "debtscan.toml": f'[[waivers]]\nid = "0000000000000000"\nreason = "{EMAIL} said so, password={PASSWORD}"\n',
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    commit(folder, f"Fix login with {PASSWORD}", author=f"Grace Hopper <{EMAIL}>")
    return folder


def outputs(target: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Every form in which facts and findings leave, by name."""
    html, report = out / "report.html", out / "report.json"
    assert run(["scan", str(target), "-o", str(html), "-o", str(report), *AS_OF, "--cache", str(out / "cache")]) == 0
    texts = {"terminal": "".join(capsys.readouterr()), "html": html.read_text(), "json": report.read_text()}
    assert run(["facts", str(target), "-o", f"{out}/tables/", *AS_OF, "--no-cache"]) == 0
    texts |= {f"facts {file.name}": file.read_bytes().decode("latin-1") for file in (out / "tables").iterdir()}
    for sql in (
        "SELECT * FROM dependencies",
        "SELECT * FROM data_references",
        "SELECT * FROM gaps",
        "SELECT * FROM commits",
    ):
        assert run(["facts", str(target), "--sql", sql, "--format", "json", *AS_OF, "--no-cache"]) == 0
        texts[sql] = "".join(capsys.readouterr())
    texts["cache"] = "".join(
        file.read_bytes().decode("latin-1") for file in (out / "cache").rglob("*") if file.is_file()
    )
    return texts


def test_no_secret_and_no_person_is_in_any_output(tmp_path, capsys):
    texts = outputs(leaky(tmp_path / "target"), tmp_path, capsys)
    leaks = {(secret, name) for name, text in texts.items() for secret in SECRETS if secret in text}
    named_by_the_path = {(EMAIL, name) for name in texts}
    assert leaks - named_by_the_path == set()
    assert len(texts) > 10


def hostile(folder: Path) -> Path:
    names = [
        f"{HOSTILE.replace('/', '')}.py",
        f"evil{OVERRIDE}yp.exe.py",
        f"a{ESCAPE}[31m.py",
        f"{LONG}/{LONG}/{LONG}.py",
    ]
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(
            f"import pandas as pd\nfrom sklearn.svm import SVC\ndf = pd.read_csv('/home/x/{HOSTILE}{OVERRIDE}.csv')\nSVC().fit(df, df)\n"
        )
    (folder / "requirements.txt").write_text(f"pandas  # {HOSTILE}\n")
    cell = {"cell_type": "code", "source": f"'{HOSTILE}'", "execution_count": 2, "outputs": []}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell, {**cell, "execution_count": 1}]}
    (folder / f"{OVERRIDE}{HOSTILE.replace('/', '')}.ipynb").write_text(json.dumps(notebook))
    commit(folder, HOSTILE, author=f"{HOSTILE.replace('<', '').replace('>', '')} <e@example.com>")
    return folder


def test_hostile_text_is_inert_in_every_output(tmp_path, capsys):
    html_file, report_file = tmp_path / "report.html", tmp_path / "report.json"
    target = hostile(tmp_path / "target")
    assert run(["scan", str(target), "-o", str(html_file), "-o", str(report_file), *AS_OF, "--no-cache"]) == 0
    terminal, html = capsys.readouterr().out, html_file.read_text()
    assert "<img src=x" not in html
    assert len(re.findall("</script>", html)) == len(re.findall("<script", html))
    for text in (terminal, html, report_file.read_text()):
        assert OVERRIDE not in text
        assert ESCAPE not in text
    assert max(len(line) for line in terminal.splitlines()) <= 80
    assert any(
        HOSTILE.replace("/", "") in finding["path"]
        for finding in json.loads(report_file.read_bytes())["findings"]
        if finding["path"]
    )
