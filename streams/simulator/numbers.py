"""The numbers the town is built from, as tables, each with the place it was taken from.

"Handbook" is ``DOMAIN.md``; its section 4 names the published statistics (Department for Education, year to March
2025; attendance 2025/26). Where the handbook has no number the choice is marked *ours*: a judgement, not a finding.
"""

from __future__ import annotations

from typing import Final, Literal

PHASES: Final = ("primary", "secondary", "special")

# Handbook 4.3: marks per 100 possible sessions, England 2025/26 to July 2026. ``/`` stands for both present marks.
MARKS_PER_100: Final[dict[str, dict[str, float]]] = {
    "primary": {
        "/": 92.575, "L": 1.122, "B": 0.191, "P": 0.085, "V": 0.733, "W": 0.0, "K": 0.018,
        "I": 2.786, "M": 0.272, "C": 0.367, "C2": 0.167, "E": 0.037, "R": 0.066, "T": 0.014, "S": 0.0,
        "O": 0.794, "G": 0.535, "U": 0.169, "N": 0.049,
    },
    "secondary": {
        "/": 87.162, "L": 2.790, "B": 0.300, "P": 0.142, "V": 0.729, "W": 0.308, "K": 0.079,
        "I": 3.627, "M": 0.376, "C": 0.426, "C2": 0.321, "E": 0.289, "R": 0.058, "T": 0.003, "S": 0.100,
        "O": 2.608, "G": 0.314, "U": 0.296, "N": 0.049,
    },
    "special": {
        "/": 84.500, "L": 0.767, "B": 0.889, "P": 0.048, "V": 0.464, "W": 0.061, "K": 0.101,
        "I": 5.019, "M": 1.015, "C": 1.675, "C2": 1.588, "E": 0.174, "R": 0.053, "T": 0.007, "S": 0.046,
        "O": 2.800, "G": 0.407, "U": 0.323, "N": 0.069,
    },
}  # fmt: skip

PRESENT: Final = ("/", "L", "B", "P", "V", "W", "K")
AUTHORISED: Final = ("I", "M", "C", "C2", "E", "R", "T", "S")
UNAUTHORISED: Final = ("O", "G", "U", "N")

# Handbook 4.3, pupils by own absence 2022/23: width of band in per cent of sessions, share of pupils in it. The last
# band is everything above a half.
OWN_ABSENCE_BANDS: Final = (
    (0.05, 51.4), (0.05, 27.4), (0.05, 10.1), (0.05, 4.0), (0.05, 2.0), (0.05, 1.2),
    (0.05, 0.8), (0.05, 0.5), (0.05, 0.4), (0.05, 0.3), (0.45, 2.0),
)  # fmt: skip

# Handbook 4.3, week of 8 September 2025: absence Monday to Friday.
WEEKDAY_ABSENCE: Final = (4.66, 4.59, 4.54, 4.70, 5.49)

# Handbook 4.3, absence by week of autumn 2025, and 9.4 in the last week of December 2024; the rest of the year is ours.
WEEK_ABSENCE: Final = {36: 4.6, 37: 4.75, 38: 5.76, 39: 5.99, 40: 6.01, 41: 5.69, 42: 6.06, 43: 7.33, 45: 6.09}
WEEK_ABSENCE_OTHERWISE: Final = 6.9
LAST_WEEK_BEFORE_CHRISTMAS: Final = 9.4

# Days a spell of absence lasts on average, and its form: whole days, one session, mornings or afternoons. Ours.
SPELLS: Final[dict[str, tuple[float, str]]] = {
    "I": (1.9, "days"), "M": (1.0, "session"), "C": (1.0, "days"), "C2": (12.0, "afternoons"),
    "E": (2.5, "days"), "R": (1.0, "days"), "T": (8.0, "days"), "S": (8.0, "days"),
    "O": (1.7, "days"), "G": (5.0, "days"), "U": (1.0, "morning"), "N": (1.0, "days"),
}  # fmt: skip

# Handbook 4.1, source of referrals 2020 in per cent; the division within a group is ours.
REFERRAL_SOURCES: Final = {
    "6": 28.7,
    "2A": 18.2, "2B": 2.1,
    "3A": 2.6, "3B": 2.9, "3C": 1.1, "3D": 2.1, "3E": 3.4, "3F": 2.9,
    "5A": 3.6, "5B": 5.2, "5C": 3.6, "5D": 1.7,
    "1A": 3.6, "1B": 1.5, "1C": 1.6, "1D": 1.4,
    "8": 4.9, "7": 3.9, "9": 2.1, "10": 1.4, "4": 1.3,
}  # fmt: skip

# Handbook 4.1, year to March 2025, as shares of referrals unless it says otherwise.
NO_FURTHER_ACTION: Final = 0.065
NOT_IN_NEED: Final = 0.308
SECTION_47: Final = 0.364
CONFERENCE: Final = 0.114
PLAN_OF_CONFERENCES: Final = 0.858
RE_REFERRED: Final = 0.226
LOOKED_AFTER: Final = 0.051
ADVICE: Final = 0.03  # ours: advice and early help are mostly given at contact, before there is a referral
EARLY_HELP: Final = 0.04  # ours

# Handbook 4.1: working days from the start of enquiries to the conference, with the number of children.
CONFERENCE_WORKING_DAYS: Final = (((5, 10), 6_240), ((11, 15), 52_430), ((16, 20), 6_430), ((21, 40), 6_990))
ASSESSMENT_WORKING_DAYS: Final = 33.0
# Handbook 4.1: how long a child protection plan lasts, in days, with the share of plans.
PLAN_DAYS: Final = (((20, 91), 31.5), ((92, 182), 25.5), ((183, 365), 26.3), ((366, 730), 14.4), ((731, 1000), 2.3))

# Handbook 4.1, factors at the end of assessment 2025, per 100 assessments.
FACTORS: Final = {
    "4B": 33.5, "3B": 31.7, "17A": 19.0, "16A": 17.6, "4A": 17.6, "1B": 14.3, "2B": 14.1, "5A": 12.3, "18C": 12.0,
    "3A": 11.3, "14A": 7.0, "15A": 5.0, "10A": 3.3, "24A": 3.2, "11A": 2.4, "13A": 1.7,
}  # fmt: skip
# Ours, after the shares of the CIN census: abuse or neglect leads.
NEEDS: Final = {"N1": 55.0, "N5": 15.0, "N4": 9.0, "N2": 7.0, "N6": 5.0, "N3": 4.0, "N8": 3.0, "N7": 1.0, "N0": 1.0}

# Handbook 4.1, month weights (not verified there).
MONTHS: Final = (1.0, 1.07, 1.08, 0.96, 1.0, 1.03, 1.08, 0.82, 1.05, 1.07, 1.07, 0.88)
SCHOOL_REFERRALS_LOST_WHEN_SHUT: Final = 0.65  # handbook 4.1: -57 to -76 %

# Handbook 4.4: grades of police notices (standard 65-75, medium 18-25, high 7-12 %).
GRADE_STANDARD: Final = 0.70
GRADE_MEDIUM: Final = 0.215
CHILD_PRESENT: Final = 0.5  # handbook 4.4: at about half of domestic-abuse incidents
MISSING_MEAN_HOURS: Final = 23.5  # handbook 4.4: 87 % are home within 48 hours
MISSING_WITH_EXPLOITATION: Final = 0.09  # handbook 4.4

# Ours: what police attend, as shares of occurrences.
OCCURRENCES: Final[dict[Literal["domestic-abuse", "missing", "custody", "other"], float]] = {
    "domestic-abuse": 0.46,
    "missing": 0.16,
    "custody": 0.05,
    "other": 0.33,
}

# Handbook 4.4, Bywaters: need rises about 1.29 times per decile of deprivation, log-linear.
PER_DECILE: Final = 1.29
# Ours: children in a family, per 100 families; the tail is heavy.
FAMILY_SIZES: Final = {1: 42.0, 2: 37.5, 3: 13.5, 4: 4.5, 5: 1.5, 6: 0.6, 7: 0.25, 8: 0.15}
