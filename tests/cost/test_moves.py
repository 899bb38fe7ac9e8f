"""What can be decided on: which estimates go together, in which order, and in which words."""

from __future__ import annotations

from cost_examples import SETTINGS, finding, hours, rates, rule, rules

from debtscan.cost import price
from debtscan.model import Cost, Interest, Move


def losing(hours_a_month: float) -> tuple[Interest, ...]:
    return (Interest(channel="incident", rate=1.0, impact=hours(hours_a_month)),)


def moves(findings, *several, known=True) -> tuple[Move, ...]:
    return price(findings, rules(*several), {"churn": rates()} if known else {}, {}, SETTINGS).moves


def test_estimates_that_share_an_activity_are_one_move_and_others_their_own():
    floating = rule("floating", Cost(unit="x", unit_hours=hours(3), activity="env.lock", fixed=hours(1)))
    version = rule("version", Cost(unit="x", unit_hours=hours(1), activity="env.lock"))
    seeds = rule("seeds", Cost(unit="x", unit_hours=hours(2)))
    found = [finding("a", "floating"), finding("b", "version", "b.py"), finding("c", "seeds", "c.py")]
    lock, seed = sorted(moves(found, floating, version, seeds), key=lambda move: move.id)
    assert (lock.id, lock.title, lock.activity) == ("env.lock@churn", "Lock the environment", "env.lock")
    assert (lock.rules, lock.estimates) == (("floating", "version"), ("floating@churn", "version@churn"))
    assert lock.detail == "Floating (1); Version (1): a.py, b.py"
    assert (seed.id, seed.title, seed.detail, seed.activity) == ("seeds@churn", "Repair seeds", "seeds in c.py", None)


def test_what_is_covered_is_repaid_with_its_cover():
    lock = rule("no-lock", Cost(unit="x", unit_hours=hours(5), covers=("floating",)))
    floating = rule("floating", Cost(unit="x", unit_hours=hours(1)))
    (move,) = moves([finding("a", "no-lock"), finding("b", "floating")], lock, floating)
    assert (move.id, move.estimates) == ("no-lock@churn", ("no-lock@churn", "floating@churn"))


def test_a_long_list_of_files_is_cut_and_counted():
    seeds = rule("seeds", Cost(unit="x", unit_hours=hours(2)))
    (move,) = moves([finding(str(n), "seeds", f"{n}.py") for n in range(5)], seeds)
    assert move.detail == "Seeds (5): 0.py, 1.py, 2.py and 2 more"


def test_an_unknown_activity_is_called_after_the_dearest_remedy():
    small = rule("small", Cost(unit="x", unit_hours=hours(1), activity="new.kind", fixed=hours(1)))
    large = rule("large", Cost(unit="x", unit_hours=hours(9), activity="new.kind", fixed=hours(1)))
    (move,) = moves([finding("a", "small"), finding("b", "large")], small, large)
    assert move.title == "Repair large"


def test_moves_rank_by_expected_net_gain_and_unknown_gain_comes_last():
    clear = rule("clear", Cost(unit="x", unit_hours=hours(10), interest=losing(2.0)))
    doubtful = rule("doubtful", Cost(unit="x", unit_hours=hours(10), interest=losing(0.5)))
    hopeless = rule("hopeless", Cost(unit="x", unit_hours=hours(10), interest=losing(0.01)))
    silent = rule("silent", Cost(unit="x", unit_hours=hours(1)))
    found = [finding(name, name) for name in ("silent", "hopeless", "doubtful", "clear")]
    ranked = moves(found, silent, hopeless, doubtful, clear)
    assert [(move.rules[0], move.recommended) for move in ranked] == [
        ("clear", True),
        ("doubtful", False),
        ("hopeless", False),
        ("silent", False),
    ]
    chances = [move.payback.p_within_horizon for move in ranked if move.payback]
    assert chances == sorted(chances, reverse=True)


def test_a_move_should_end_four_fifths_of_what_waiting_takes():
    clear = rule("clear", Cost(unit="x", unit_hours=hours(10), interest=losing(2.0)))
    result = price([finding("a", "clear")], rules(clear), {"churn": rates()}, {}, SETTINGS)
    (move,) = result.moves
    ends = move.interest_saved_hours_per_month.mean
    assert abs(ends - 0.8 * result.totals.interest_hours_per_month.mean) < 1e-12


def test_the_first_three_recommended_moves_are_also_priced_together():
    several = [rule(f"move{n}", Cost(unit="x", unit_hours=hours(3), interest=losing(5.0 - n))) for n in range(4)]
    result = price([finding(one.id, one.id) for one in several], rules(*several), {"churn": rates()}, {}, SETTINGS)
    first = result.do_first
    assert first.title == "Repair move0; Repair move1; Repair move2"
    assert first.estimates == ("move0@churn", "move1@churn", "move2@churn")
    assert abs(first.principal_hours.mean - 9.0) < 1e-9
    assert first.principal_hours.p90 < sum(move.principal_hours.p90 for move in result.moves[:3])
    assert first.payback.p_within_horizon >= 0.9


def test_without_a_recommended_move_there_is_nothing_to_do_first():
    silent = rule("silent", Cost(unit="x", unit_hours=hours(1)))
    assert price([finding("a", "silent")], rules(silent), {"churn": rates()}, {}, SETTINGS).do_first is None


def test_a_move_over_repositories_names_them_all():
    ci = rule("ci", Cost(unit="x", unit_hours=hours(1), activity="ci.template", scope="organisation", fixed=hours(8)))
    (move,) = moves([finding("a", "ci"), finding("b", "ci", repository="fraud")], ci)
    assert (move.id, move.repository) == ("ci.template", "churn, fraud")
