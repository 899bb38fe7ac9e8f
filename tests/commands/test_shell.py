from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from debtscan.commands.shell import commands


def told(text):
    return [[tuple(word) for word in command] for command in commands(text)]


def words(text):
    return [[word.text for word in command] for command in commands(text)]


def test_words_know_their_lines():
    assert told("echo a \\\n  b\n\ncd 'x\ny' z\n") == [
        [("echo", 1), ("a", 1), ("b", 2)],
        [("cd", 4), ("x\ny", 4), ("z", 5)],
    ]


def test_operators_part_commands():
    assert words("a 1 && b; c || d | e & (cd f && g)") == [
        ["a", "1"],
        ["b"],
        ["c"],
        ["d"],
        ["e"],
        ["cd", "f"],
        ["g"],
    ]


def test_comments_assignments_and_control_words_are_dropped():
    assert words("# a\nif true; then\n  A=b C='d e' run x # why\nfi\nexport A=b\n") == [
        ["true"],
        ["run", "x"],
        ["export", "A=b"],
    ]


def test_quotes_and_redirections():
    assert words('a \'b c\' "d \\" e"f >out.txt 2>&1 g') == [["a", "b c", 'd \\" ef', "g"]]


def test_a_version_is_no_redirection():
    assert words("pip install a>=1 b<=2 > log") == [["pip", "install", "a>=1", "b<=2"]]


def test_what_the_shell_would_fill_in_stays():
    assert words("pip install $A ${B} $(cat c)") == [["pip", "install", "$A", "${B}", "$(cat c)"]]


@given(st.text("ab \n\\'\"&|;()<>#$=!`{}\t\r\0é", max_size=60))
def test_any_text_is_cut_into_words_on_its_lines(text):
    last = text.count("\n") + 1
    assert all(1 <= word.line <= last for command in commands(text) for word in command)


def test_a_substitution_inside_a_word_is_part_of_it():
    assert words("docker run -e ID=$(az show) image") == [["docker", "run", "-e", "ID=$(az show)", "image"]]
