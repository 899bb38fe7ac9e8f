"""What text an expression stands for, asked of the argument of a call named `read`."""

from __future__ import annotations

import json
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtscan.source.python import PythonSource, read_notebook, read_python
from debtscan.source.texts import ASK_CLOSES, ASK_OPENS, HERE, HOLE, NAME_CLOSES, NAME_OPENS
from debtscan.source.values import Values


def texts(source: PythonSource, reader: str = "read") -> list[tuple[str, str]]:
    values = Values(source)
    return [
        (text.text, text.how)
        for call in source.walk.calls
        if source.name(call.node.func) == reader
        for text, _ in values.texts(call.node.args[0], call)
    ]


def asked(code: str) -> list[tuple[str, str]]:
    return texts(read_python(dedent(code).encode()))


@pytest.mark.parametrize(
    ("code", "text", "how"),
    [
        ("read('data/x.csv')", "data/x.csv", "literal"),
        ("DATA = 'data'\nread(DATA + '/x.csv')", "data/x.csv", "format"),
        ("X = 'data/x.csv'\nread(X)", "data/x.csv", "const"),
        ("import os\nD = 'data'\nread(os.path.join(D, 'raw', 'x.csv'))", "data/raw/x.csv", "join"),
        ("from pathlib import Path\nD = Path('data')\nread(D / 'x.csv')", "data/x.csv", "join"),
        ("from pathlib import Path\nread(Path('a').joinpath('b').resolve())", "a/b", "join"),
        ("n = 3\nread(f'data/part_{n}.csv')", "data/part_3.csv", "format"),
        ("read(f'data/part_{n}.csv')", f"data/part_{HOLE}.csv", "format"),
        ("D = 'data'\nread('%s/%03d.csv' % (D, i))", f"data/{HOLE}.csv", "format"),
        ("D = 'data'\nread('{}/{name}.csv'.format(D, name='x'))", "data/x.csv", "format"),
        ("P = {'train': 'data/train.csv'}\nread(P['train'])", "data/train.csv", "literal"),
        ("P = {'a': {'b': ['x.csv', 'y.csv']}}\nread(P['a']['b'][1])", "y.csv", "literal"),
        ("class C:\n    path = 'x.csv'\nread(C.path)", "x.csv", "const"),
        ("class C:\n    path = 'x.csv'\nc = C()\nread(c.path)", "x.csv", "const"),
        ("a, b = 'x.csv', 'y.csv'\nread(b)", "y.csv", "const"),
        ("d = 'data'\nd += '/x.csv'\nread(d)", "data/x.csv", "format"),
        ("import os\nread(os.environ.get('D', 'x.csv'))", "x.csv", "default"),
        ("import os\nread(os.environ['D'])", HOLE, "runtime"),
        ("import sys\nread(sys.argv[1])", HOLE, "runtime"),
        ("with open('x.csv') as f:\n    read(f)", "x.csv", "handle"),
        ("import glob\nfor f in sorted(glob.glob('data/*.csv')):\n    read(f)", "data/*.csv", "const"),
        ("for f in ['a.csv', 'b.csv']:\n    read(f)", HOLE, "unknown"),
        ("read('a.csv' if x else 'b.csv')", "a.csv", "literal"),
        ("read(x or 'b.csv')", "b.csv", "default"),
        ("from config import DATA\nread(DATA + '/x.csv')", f"{NAME_OPENS}config.DATA{NAME_CLOSES}/x.csv", "format"),
        ("import os\nread(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'x.csv'))", f"{HERE}/x.csv", "join"),
        ("from pathlib import Path\nread(Path(__file__).resolve().parents[1] / 'x.csv')", f"{HERE}/../x.csv", "join"),
        ("read(True)", HOLE, "unknown"),
        ("read(load()['x'])", HOLE, "unknown"),
    ],
)  # fmt: skip
def test_an_expression_stands_for_a_text(code, text, how):
    assert asked(code) == [(text, how)]


def test_a_name_stands_for_what_was_last_bound_to_it_before():
    assert asked("p = 'a.csv'\nread(p)\np = 'b.csv'\nread(p)\n") == [("a.csv", "const"), ("b.csv", "const")]


def test_a_function_sees_what_its_module_holds_in_the_end():
    assert asked("def f():\n    read(D)\nD = 'a.csv'\nD = 'b.csv'\n") == [("b.csv", "const")]


def test_an_attribute_of_self_is_followed_to_the_constructor():
    code = """
        class Data:
            def __init__(self, root='data'):
                self.path = root + '/x.csv'
            def load(self):
                read(self.path)
    """
    assert asked(code) == [("data/x.csv", "default")]


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("'--data-path', default='x.csv'", "x.csv"),
        ("'-d', '--data', dest='data_path', default='y.csv'", "y.csv"),
        ("'--data-path'", HOLE),
        ("'data_path'", HOLE),
    ],
)
def test_an_option_stands_for_its_default(option, text):
    code = f"p.add_argument({option})\nargs = p.parse_args()\nread(args.data_path)\n"
    assert asked(code) == [(text, "default" if text != HOLE else "runtime")]


def test_a_click_option_reaches_the_parameter_of_its_command():
    assert asked("@click.option('--data', default='x.csv')\ndef main(data):\n    read(data)\n") == [
        ("x.csv", "default")
    ]


def test_a_typer_default_is_a_default():
    code = "import typer\ndef main(data: str = typer.Option('x.csv', help='the data')):\n    read(data)\n"
    assert asked(code) == [("x.csv", "default")]


def test_a_parameter_stands_for_what_calls_in_the_same_file_pass():
    code = "def load(folder, name):\n    read(f'{folder}/{name}.csv')\nload('data', 'a')\nload('data', name='b')\n"
    assert asked(code) == [("data/a.csv", "argument"), ("data/b.csv", "argument")]


def test_a_parameter_nobody_passes_is_asked_of_others():
    assert asked("def load(path):\n    read(path)\n") == [(f"{ASK_OPENS}load:path{ASK_CLOSES}", "argument")]


def test_what_a_class_is_made_with_reaches_its_methods():
    code = "class Set:\n    def __init__(self, root):\n        self.root = root\n\n    def load(self):\n        read(self.root + '/a.csv')\n"
    assert asked(f"{code}\nSet('data')\nSet(root='more')\n") == [("data/a.csv", "argument"), ("more/a.csv", "argument")]


def test_an_argument_is_followed_through_functions_of_one_file():
    code = "def main(path):\n    load(path)\n\ndef load(name):\n    read(name)\n\nmain('a.csv')\n"
    assert asked(code) == [("a.csv", "argument")]


@pytest.mark.parametrize("code", ["cfg.data.path", "self.cfg.data.path", "config['data']['path']", "args.data.path"])
def test_a_setting_is_asked_of_others(code):
    assert asked(f"def f():\n    read({code})\n")[0] == (f"{ASK_OPENS}:data.path{ASK_CLOSES}", "config")


@pytest.mark.parametrize(
    ("code", "question"),
    [
        ("def f(cfg):\n    read(cfg.data.path)\n", "f:cfg.data.path"),
        ("class A:\n    def __init__(self, args):\n        self.args = args\n\n    def f(self):\n        read(self.args.path)\n", "A.__init__:args.path"),
    ],
)  # fmt: skip
def test_an_attribute_of_given_options_is_asked_of_the_calls(code, question):
    assert asked(code) == [(f"{ASK_OPENS}{question}{ASK_CLOSES}", "argument")]


def test_a_class_that_is_passed_as_options_tells_their_attributes():
    code = "class Config:\n    path = 'data/a.csv'\n\ndef f(args):\n    read(args.path)\n\nf(Config)\n"
    assert asked(code) == [("data/a.csv", "argument")]


def test_a_name_made_of_itself_ends():
    assert asked("class A:\n    def f(self):\n        self.p = self.p + 'x'\n        read(self.p)\n")[0][1] == "format"
    assert asked("def f(p):\n    p = p + '/x'\n    read(p)\n") == [(f"{ASK_OPENS}f:p{ASK_CLOSES}/x", "argument")]


def test_doubling_names_do_not_take_for_ever():
    lines = ["a0 = 'x'", *(f"a{n} = a{n - 1} + a{n - 1}" for n in range(1, 60)), "read(a59)"]
    (text, _), *_ = asked("\n".join(lines))
    assert len(text) <= 500


def test_a_name_of_an_earlier_cell_is_known_in_a_later_one():
    cells = [{"cell_type": "code", "source": code} for code in ("P = 'x.csv'", "read(P)", "P = 'y.csv'")]
    assert texts(read_notebook(json.dumps({"nbformat": 4, "cells": cells}).encode())) == [("x.csv", "const")]


_NAMES = st.sampled_from(
    ["a", "b", "self.a", "args.a", "'x'", "f'{a}/{b}'", "a / b", "a + b", "P[0]", "f(a)", "a or b"]
)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "P", "self.a"]), _NAMES), max_size=12), _NAMES)
def test_whatever_names_are_made_of_there_is_an_answer(assignments, asked_for):
    lines = [f"{target} = {value}" for target, value in assignments]
    code = "class C:\n    def f(self, a, b=P):\n" + "".join(
        f"        {line}\n" for line in [*lines, f"read({asked_for})"]
    )
    for text, how in asked(code):
        assert len(text) <= 500
        assert (how == "unknown") == (text == HOLE)


def test_self_is_nothing_that_a_call_passes():
    assert asked("class A:\n    def f(self, n):\n        read(self.open(n))\nA().f('x')\n") == [(HOLE, "unknown")]
