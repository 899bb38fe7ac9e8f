"""Shell text in the files of CI systems, with the job it belongs to and the line it stands on."""

from __future__ import annotations

import pytest

from debtscan.commands import workflow

GITLAB = """\
image: python:3.11
.shared: &shared
  before_script:
    - pip install -r requirements.txt
test:
  <<: *shared
  script:
    - pytest
    - |
      echo one
      echo two
"""
AZURE = (
    "steps:\n- script: pip install x\n- bash: |\n    pytest\n- task: Bash@3\n  inputs:\n    inlineScript: make all\n"
)
CIRCLE = "jobs:\n  build:\n    steps:\n      - checkout\n      - run: tox\n      - run:\n          name: unit\n          command: pytest -q\n"
TRAVIS = "install: pip install tox\nscript:\n  - tox\n"
JENKINS = """\
pipeline {
  stages {
    stage('test') { steps { sh 'pip install x'
      sh '''
        pytest
      '''
      sh(script: "make \\"all\\"", returnStdout: true) } }
  }
}
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            GITLAB,
            [
                (4, ".shared", "pip install -r requirements.txt"),
                (8, "test", "pytest"),
                (10, "test", "echo one\necho two\n"),
            ],
        ),
        (AZURE, [(2, "", "pip install x"), (4, "", "pytest\n"), (7, "", "make all")]),
        (CIRCLE, [(5, "build", "tox"), (8, "build", "pytest -q")]),
        (TRAVIS, [(1, "", "pip install tox"), (3, "", "tox")]),
        (
            JENKINS,
            [(3, "", "pip install x"), (4, "", "\n        pytest\n      "), (7, "", 'make "all"')],
        ),
    ],
)
def test_every_system_is_read(text, expected):
    assert [(script.line, script.name, script.text) for script in workflow.scripts(text)] == expected


def test_an_alias_that_holds_itself_ends():
    assert workflow.scripts("a: &x\n  script: pytest\n  b: *x\n")[0].text == "pytest"
