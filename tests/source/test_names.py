"""What a cell binds and uses, in the order in which Python would meet it."""

from __future__ import annotations

import ast

import pytest

from debtscan.source.names import names_in


def acts(code: str) -> str:
    """The events of a cell in words: `?a` uses, `a` binds, `-a` deletes, `*` opens."""
    signs = {"use": "?", "bind": "", "delete": "-", "open": "*"}
    tree = compile(code, "cell", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    return " ".join(f"{signs[event.act]}{event.name}" for event in names_in(tree.body).events)


def later(code: str) -> set[str]:
    return set(names_in(ast.parse(code).body).later)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("a = b", "?b a"),
        ("a = a", "?a a"),
        ("a += 1", "?a a"),
        ("a: int = 1", "?int a"),
        ("a: int", "?int"),
        ("import a.b, c as d\nfrom e import f as g", "a d g"),
        ("from a import *", "*"),
        ("for a in b:\n    print(c)\n    c = 1", "?b a c ?print"),
        ("with a() as b, b.c as d: pass", "?a b d"),
        ("try:\n    a\nexcept NameError:\n    a = 1", "?NameError a"),
        ("try:\n    a = f()\nexcept ValueError as e:\n    g(a)", "?f a ?ValueError e"),
        ("if a:\n    b = 1\nelse:\n    c = 1", "?a b c"),
        ("if False:\n    a", ""),
        ("del a", "?a -a"),
        ("if a:\n    del a", "?a"),
        ("del a[b]", "?a ?b"),
        ("a = [b for b in c if d]", "?c ?d a"),
        ("[b for b in [1] if (c := b)]\nprint(c)", "c ?print"),
        ("{a: b for a, b in c.items()}", "?c"),
        ("class A(B):\n    c = 1\n    d = c + e", "?B ?e A"),
        ("class A:\n    def f(self, g=h): return self.i(j)", "?h A"),
        ("@a\ndef b(c=d): return e", "?a ?d b"),
        ("def a():\n    global b\n    b = 1", "b a"),
        ("match a:\n    case {'b': c, **d}: pass\n    case [e, *f]: pass\n    case g: pass", "?a c d e f g"),
        ("exec(a)", "* ?exec ?a"),
        ("globals()['a'] = 1", "* ?globals"),
        ("get_ipython().run_line_magic('matplotlib', 'inline')", "?get_ipython"),
        ("get_ipython().run_line_magic('run', 'a.py')", "* ?get_ipython"),
        ("var('x y')\nx + y", "x y ?var"),
        ("lambda a, b=c: a + d", "?c"),
        ("f'{a!r:>{b}}'", "?a ?b"),
        ("a.b = c", "?c ?a"),
        ("import builtins\nbuiltins.profile = f", "builtins ?f profile"),
        ("await a", "?a"),
    ],
)
def test_names_are_met_in_the_order_of_evaluation(code, expected):
    assert acts(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("def f(a, *b, c=1, **d): return a + b + c + d + e", {"e"}),
        ("def f():\n    a = 1\n    def g(): return a + b\n    return g", {"b"}),
        ("def f():\n    import a\n    for b in c: pass\n    return a, b", {"c"}),
        ("def f(a: A) -> B: pass", {"A", "B"}),
        ("class A:\n    b = 1\n    def f(self): return b", {"b"}),
        ("f = lambda a: a + b", {"b"}),
        ("g = (a + b for a in c)", {"b"}),
        ("def f():\n    return [a for a in b if c]", {"b", "c"}),
        ("def f():\n    nonlocal_ = 1\n    def g():\n        nonlocal nonlocal_\n        nonlocal_ = a\n", {"a"}),
        ("def f():\n    try:\n        a\n    except:\n        pass", set()),
    ],
)
def test_what_a_function_uses_of_others_is_kept_apart(code, expected):
    assert later(code) == expected


def test_a_name_is_told_once_until_it_is_deleted():
    assert acts("a = 1\na\na\ndel a\na") == "a -a ?a"


def test_nesting_beyond_what_can_be_followed_is_said():
    node = ast.parse("-" * 80 + "a").body
    assert [event.name for event in names_in(node).events] == ["a"]
    deep: ast.expr = ast.Name("a", ast.Load(), lineno=1)
    for _ in range(5000):
        deep = ast.UnaryOp(ast.USub(), deep)
    with pytest.raises(RecursionError):
        names_in([ast.Expr(deep)])
