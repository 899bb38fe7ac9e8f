"""The numbers of the cost model that no repository tells us, each with where it comes from.

They are judgements unless a source is named. Hours for each rule live in the rule files.
"""

from __future__ import annotations

MODEL_VERSION = 1
"""Part of every estimate's digest: raise it when the same inputs give other figures."""

# How wrong one person's hours are. Standard deviations of log hours.
SD_FLOOR = 0.8
"""No uncalibrated estimate is surer than this: P90 / P10 of at least 7.8 (Jorgensen 2004: stated ranges are too narrow)."""
GLOBAL_SD = 0.20
"""All our hours wrong at once. Decides the width of a total: without it 10,000 findings would be known to 3%."""
REPOSITORY_SD = 0.30
"""How fast one repository's team works."""

# Rates of events. The same half-life is used by the history scanner for `recent_edits`.
HALF_LIFE_MONTHS = 3.0
WINDOW_MONTHS = 24.0
PRIOR_MONTHS = 2.0
"""Weight of the repository's mean in the rate of one file, as months of observation."""
BULK_FILES = 50
"""A commit that touches more files is a sweep (a format, a move), not an edit of each of them."""
DORMANT_MONTHS = 12.0
"""Without a commit for so long nobody works here, so nobody loses time here."""
MOST_PEOPLE = 8
"""At most so many people are taken to lose the hours of one event."""
RATE_VARIANCE = 0.25
"""Squared coefficient of variation of a rate of events: a Gamma distribution of shape 4."""

# The most that can be lost: a share (`Settings.interest_ceiling_share`, .33 after Stripe 2018) of the hours worked.
PRODUCTIVE_HOURS_PER_AUTHOR_DAY = 8 * 0.6

SELF_CURE_PER_MONTH = 0.0
"""Hazard that debt disappears unplanned. Measured at .015 (.008 to .053) for requirement lines; 0 until measured here."""
DISCOUNT_PER_MONTH = 0.0
"""Horizons are two years; a discount would be false precision."""
RECOMMENDED_CHANCE = 0.67
"""Chance of a net gain that a move needs to be recommended: two in three."""
DO_FIRST = 3
"""So many moves fit a decision."""

# Grade. Grid and minutes a line are SonarQube's defaults (CoreProperties: RATING_GRID, DEVELOPMENT_COST).
GRADE_LIMITS = {"A": 0.05, "B": 0.1, "C": 0.2, "D": 0.5}
HOURS_PER_LINE = 0.5
COCOMO_FACTOR, COCOMO_EXPONENT, COCOMO_HOURS_PER_MONTH = 2.94, 1.0997, 152.0
"""COCOMO II.2000, nominal drivers: person-months = 2.94 x KSLOC^1.0997."""
LEAST_LINES_TO_GRADE = 1000

FILE_ROW_SHARE = 0.05
"""A file with a larger share of its repository's principal has a row of its own."""
