"""Which versions a range holds, against the definition written out once more, and how far a fix is away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from debtscan.advisories.versions import Affected, distance, in_order, upgrade

NUMBERS = st.integers(0, 4)
VERSIONS = st.builds("{}.{}".format, NUMBERS, NUMBERS) | st.builds("{}.{}rc1".format, NUMBERS, NUMBERS)
KINDS = ("fixed", "introduced", "last_affected")
EVENTS = st.lists(st.tuples(st.sampled_from(KINDS), VERSIONS) | st.just(("introduced", "0")))


def affected(*events: tuple[str, str], versions: tuple[str, ...] = ()) -> Affected:
    return Affected(versions, (in_order(events),))


def by_definition(events: list[tuple[str, str]], version: Version) -> bool:
    """The last event at or before the version decides; one that was last affected there still is."""
    before = [
        (Version("0.dev0") if text == "0" else Version(text), KINDS.index(kind))
        for kind, text in events
        if text == "0" or Version(text) < version or (kind != "last_affected" and Version(text) == version)
    ]
    return bool(before) and max(before)[1] == 1


@given(EVENTS, VERSIONS)
def test_a_range_holds_what_its_definition_says(events, text):
    assert affected(*events).holds(Version(text)) == by_definition(events, Version(text))


@given(EVENTS, VERSIONS)
def test_the_order_in_which_events_are_written_means_nothing(events, text):
    assert affected(*events).holds(Version(text)) == affected(*reversed(events)).holds(Version(text))


@pytest.mark.parametrize(
    ("version", "holds"),
    [
        ("0.9", False),
        ("1.0", True),
        ("1.4.1", True),
        ("1.4.2rc1", True),
        ("1.4.2", False),
        ("2.0", True),
        ("2.1", False),
    ],
)
def test_two_branches_with_their_own_fixes(version, holds):
    two = affected(("introduced", "1.0"), ("fixed", "1.4.2"), ("introduced", "2.0"), ("fixed", "2.1"))
    assert two.holds(Version(version)) == holds


def test_a_build_of_a_release_is_that_release():
    assert affected(("introduced", "0"), ("last_affected", "2.1.0")).holds(Version("2.1.0+cu118"))
    assert not affected(("introduced", "0"), ("fixed", "2.1.0")).holds(Version("2.1.0+cu118"))
    assert Affected(("2.1",)).holds(Version("2.1.0+cu118"))


def test_a_version_listed_is_affected_whatever_the_ranges_say():
    assert affected(("introduced", "3.0"), versions=("1.0",)).holds(Version("1.0.0"))


@pytest.mark.parametrize("text", ["", "latest", "1.0-alpha-beta", "9" * 101])
def test_a_version_that_cannot_be_compared_is_an_error(text):
    with pytest.raises(ValueError, match=r".*"):
        in_order([("fixed", text)])


@pytest.mark.parametrize(
    ("fixed", "word"),
    [
        ("1.4.3", "patch"),
        ("1.4.2.1", "patch"),
        ("1.5", "minor"),
        ("2.0", "major"),
        ("1!1.4.2", "major"),
        (None, "none"),
    ],
)
def test_the_distance_is_the_first_number_that_differs(fixed, word):
    assert distance(Version("1.4.2"), Version(fixed) if fixed else None) == word


def test_an_upgrade_ends_everything_that_has_an_end_and_brings_nothing_new():
    here = Version("1.0")
    first, second = affected(("introduced", "0"), ("fixed", "1.1")), affected(("introduced", "0"), ("fixed", "1.3"))
    later, endless = affected(("introduced", "1.2"), ("fixed", "1.5")), affected(("introduced", "0"))
    assert upgrade(here, [first]) == Version("1.1")
    assert upgrade(here, [first, second]) == Version("1.3")
    assert upgrade(here, [first, second], [first, second, later]) == Version("1.5")
    assert upgrade(here, [first, endless], [first, endless]) == Version("1.1")
    assert upgrade(here, [endless], [endless, later]) is None
