"""Numbers as a report says them: durations, money, chances, counts, and parts that add up to their total."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10

from debtscan.model import Range, Settings

MINUS = "\N{MINUS SIGN}"
UNKNOWN = "\N{EN DASH}"
NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
# Not from a locale: the same report has the same bytes everywhere.
MONTHS = "January,February,March,April,May,June,July,August,September,October,November,December"
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}

# Upper limits of a share, and its words. Half and its neighbours are told apart, the rest is coarse.
SHARES = (
    (0.05, "little"),
    (0.15, "a tenth"),
    (0.225, "a fifth"),
    (0.29, "a quarter"),
    (0.37, "a third"),
    (0.43, "two fifths"),
    (0.485, "nearly half"),
    (0.525, "half"),
    (0.58, "more than half"),
    (0.63, "three fifths"),
    (0.71, "two thirds"),
    (0.78, "three quarters"),
    (0.86, "four fifths"),
    (0.995, "nearly all"),
)
VERY_LIKELY = 0.9
PROBABLY = 2 / 3


def number(value: float) -> str:
    """A size to read: whole from ten on, one decimal below ("27", "5.4", "6")."""
    text = f"{value:.1f}" if value < 9.95 else f"{value:,.0f}"
    return text.removesuffix(".0")


def span(low: float, high: float) -> str:
    """A range to read ("7 to 27", "0.5 to 3"); one decimal more where its ends would look the same."""
    ends = [_end(low), _end(high)]
    if ends[0] == ends[1]:
        ends = [f"{low:.1f}", f"{high:.1f}"]
    return " to ".join(ends) if ends[0] != ends[1] else f"about {_end(low)}"


def _end(value: float) -> str:
    text = f"{value:.1f}" if value < 0.95 else f"{value:,.0f}"
    return text.removesuffix(".0")


def duration(hours: float, settings: Settings) -> str:
    """Days, or hours below one day ("16 days", "1 day", "4.2 hours")."""
    days = hours / settings.hours_per_day
    return plural_number(days, "day") if days >= 0.95 else plural_number(hours, "hour")


def duration_range(hours: Range, settings: Settings) -> str:
    """P10 to P90, in the unit of the mean ("7 to 27 days")."""
    per_day = settings.hours_per_day if hours.mean / settings.hours_per_day >= 0.95 else 1.0
    return f"{span(hours.p10 / per_day, hours.p90 / per_day)} {'hours' if per_day == 1.0 else 'days'}"


def plural_number(value: float, noun: str) -> str:
    text = number(value)
    return f"{text} {noun}{'' if text == '1' else 's'}"


def count(amount: int, noun: str, plural: str | None = None) -> str:
    """A count in digits ("1 finding", "1,284 findings")."""
    return f"{amount:,} {noun if amount == 1 else plural or f'{noun}s'}"


def in_words(amount: int, noun: str) -> str:
    """A count inside a sentence, in words up to twelve ("three things", "13 things")."""
    return f"{word(amount)} {noun}{'' if amount == 1 else 's'}"


def word(amount: int) -> str:
    return NUMBER_WORDS[amount] if 0 <= amount < len(NUMBER_WORDS) else f"{amount:,}"


def duration_in_words(hours: float, settings: Settings) -> str:
    """A duration that opens a sentence ("six days", "two and a half days", "four hours")."""
    days = hours / settings.hours_per_day
    value, noun = (days, "day") if days >= 0.95 else (hours, "hour")
    halves = round(value * 2)
    if halves % 2 and 2 < halves < 8:
        return f"{word(halves // 2)} and a half {noun}s"
    return in_words(max(1, round(value)), noun)


def money(amount: float, currency: str) -> str:
    """Two significant figures below ten thousand, whole thousands above; never cents ("€580", "€8.8k", "€154k")."""
    sign, size = (MINUS if amount < 0 else ""), abs(amount)
    if 0 < size < 10_000:
        size = round(size, 1 - floor(log10(size)))
    if size >= 999_500:
        text = f"{size / 1e6:.1f}m"
    elif size >= 1000:
        text = f"{size / 1000:.1f}k" if size < 10_000 else f"{size / 1000:,.0f}k"
    else:
        text = f"{size:.0f}"
    symbol = SYMBOLS.get(currency, f"{currency} ")
    return f"{sign}{symbol}{text}"


def price(hours: float, settings: Settings) -> str | None:
    """What the hours cost at the given rate; None without one."""
    if settings.rate_per_hour is None:
        return None
    return money(hours * settings.rate_per_hour, settings.currency or "")


def price_range(hours: Range, settings: Settings) -> str | None:
    """P10 to P90 in money ("€3.9k to €15k"); None without a rate."""
    low, high = price(hours.p10, settings), price(hours.p90, settings)
    if low is None or high is None:
        return None
    return f"{low} to {high}" if low != high else f"about {low}"


def chance(probability: float) -> str:
    """How likely, in words that promise no second digit ("very likely", "8 in 10", "unlikely")."""
    if probability >= VERY_LIKELY:
        return "very likely"
    tenths = round(probability * 10)
    return f"{tenths} in 10" if tenths else "unlikely"


def chance_word(probability: float) -> str | None:
    """The word for the first sentence; None where the chance is too low to stand in it."""
    if probability >= VERY_LIKELY:
        return "very likely"
    return "probably" if probability >= PROBABLY else None


def share(fraction: float) -> str:
    """A part of a whole in words ("nearly half")."""
    return next((words for limit, words in SHARES if fraction < limit), "all")


def horizon(settings: Settings) -> str:
    years, months = divmod(settings.horizon_months, 12)
    return f"{settings.horizon_months} months" if months or not years else in_words(years, "year")


def short_horizon(settings: Settings) -> str:
    """The horizon as a column head ("2 years")."""
    years, months = divmod(settings.horizon_months, 12)
    return f"{settings.horizon_months} months" if months or not years else count(years, "year")


def date(iso: str | None) -> str | None:
    """The day of an ISO date or time ("18 November 2026"); what is no date stays as it is."""
    if iso is None:
        return None
    try:
        year, month, day = (int(part) for part in iso[:10].split("-"))
        return f"{day} {MONTHS.split(',')[month - 1]} {year}"
    except (ValueError, IndexError):
        return iso


def adding_up(parts: Sequence[float], total: float, decimals: int) -> list[float]:
    """The parts rounded so that they add up to the rounded total (largest remainder)."""
    unit = 10.0**-decimals
    # The small addend keeps 0.3 / 0.1, a little below three, from losing a whole unit.
    units = [floor(part / unit + 1e-9) for part in parts]
    missing = max(0, round(total / unit) - sum(units))
    by_remainder = sorted(range(len(parts)), key=lambda at: units[at] - parts[at] / unit)
    for at in by_remainder[:missing]:
        units[at] += 1
    return [round(value * unit, decimals) for value in units]


def decimals_for(total_hours: float) -> int:
    """Decimals of a table of hours: tenths say nothing beside thousands."""
    return 1 if total_hours < 1000 else 0
