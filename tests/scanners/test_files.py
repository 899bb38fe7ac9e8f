"""What a file is for: tests and documentation that neither a folder of tests nor a suffix tells."""

from __future__ import annotations

import pytest

from tests.scanning import scan_files

CASE = "from django.test import TestCase\n\nclass ViewTests(TestCase):\n    def test_it(self):\n        assert True\n"


@pytest.mark.parametrize(
    ("path", "text", "scope"),
    [
        # django/djangoproject.com keeps the tests of an application in one file
        ("blog/tests.py", CASE, "test"),
        ("blog/tests.py", "x = 1\n", "source"),
        # the menu of a website that Jekyll makes, in JohnSnowLabs/nlu
        ("docs/_data/navigation.yml", "url: /docs/en\n", "doc"),
        ("conf/settings.yml", "url: /docs/en\n", "config"),
    ],
)
def test_scope_is_told_by_place_and_content(tmp_path, path, text, scope):
    (row,) = (row for row in scan_files(tmp_path, {path: text})["files"] if row.path == path)
    assert row.scope == scope
