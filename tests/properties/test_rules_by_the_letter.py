"""The default rules by the letter: whatever a file says, ``rehearse`` raises what EVENTS section 4 implies, no more.

Each history is made from a seed, dense around the boundaries of one rule (see ``wire_histories``), told to the product
as ``earlyword rehearse`` does, and to a slow second reading of the contract (``slow_story``). Compared are the reasons
raised (rule, family, since, every fact named) and the prompts opened (kind, family, raised, due).
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import settings

from tests.properties.beside_the_letter import difference, shrink, tell_slowly
from tests.properties.slow_calendar import DAY
from tests.properties.wire_histories import Event, Maker


def low_grades(dice: Random) -> list[Event]:
    maker = Maker(dice)
    for _ in range(dice.randint(4, 9)):
        maker.notification(
            maker.occurred(-91, -90, -89, -60, -1, 0, 0, 1),
            notice_type=dice.choice(("PPN", "OTHER", "CUSTODY", "PPN", "ENCOMPASS")),
            grade=dice.choice(("green", "standard", "green", "standard", "amber", None)),
        )
    return maker.disturb()


def contacts(dice: Random) -> list[Event]:
    maker = Maker(dice)
    for _ in range(dice.randint(2, 6)):
        if dice.random() < 0.6:
            maker.referral(maker.occurred(-366, -365, -364, -1, 0, 0, 1))
        else:
            maker.notification(maker.occurred(-1, 0, 0, 1), notice_type="PPN")
    return maker.disturb()


def missing_again(dice: Random) -> list[Event]:
    maker = Maker(dice)
    for _ in range(dice.randint(3, 7)):
        maker.notification(maker.occurred(-91, -90, -89, -9, -1, 0, 0, 1), notice_type="MISSING")
    return maker.disturb()


def missing(dice: Random) -> list[Event]:
    maker = Maker(dice)
    for _ in range(dice.randint(1, 4)):
        maker.notification(maker.occurred(-9, -8, -7, -1, 0, 0), notice_type="MISSING")
    for child in dice.sample("ab", dice.randint(0, 2)):
        code = [dice.choice("//NNOUI") for _ in range(7)]
        maker.marks(child, maker.anchor - dice.randint(0, 9) * DAY, dice.randint(1, 12), code)
    return maker.disturb()


def abuse(dice: Random) -> list[Event]:
    maker = Maker(dice)
    for _ in range(dice.randint(1, 3)):
        maker.notification(maker.occurred(-15, -14, -1, 0, 0), notice_type="PPN", concerns=["domestic-abuse"])
    for child in dice.sample("ab", dice.choice((1, 1, 2))):
        share, later = dice.choice((0, 10, 25, 40, 60)), dice.choice((2, 3, 4, 6))
        first = maker.anchor - dice.choice((0, 20, 28, 29, 84, 85, 100)) * DAY
        maker.marks(
            child, first, (maker.anchor - first).days, ["O" if n * share % 100 < share else "/" for n in range(100)]
        )
        maker.marks(
            child,
            maker.anchor,
            dice.randint(2, 16),
            ["N" if n % later == 0 else dice.choice("/ICEX") for n in range(24)],
        )
        if dice.random() < 0.3:
            maker.marks(child, maker.anchor, 3, dice.sample("O/D#", 4), school="654321")
    return maker.disturb()


def origins(dice: Random) -> list[Event]:
    maker = Maker(dice)
    for _ in range(dice.randint(2, 6)):
        moment = maker.occurred(-57, -56, -29, -28, -27, -1, 0, 0, 1, 28, 29, 30)
        maker.referral(moment) if dice.random() < 0.7 else maker.notification(moment)
    if dice.random() < 0.6:
        code = [dice.choice("/NNOI") for _ in range(7)]
        maker.marks("a", maker.anchor - dice.randint(0, 30) * DAY, dice.randint(3, 9), code)
    return maker.disturb()


def severe(dice: Random) -> list[Event]:
    maker = Maker(dice)
    for _ in range(dice.randint(1, 3)):
        moment = maker.occurred(-57, -29, -28, -27, -1, 0, 0, 1, 5)
        maker.referral(moment) if dice.random() < 0.7 else maker.notification(moment)
    for child in dice.sample("ab", dice.choice((1, 1, 2))):
        before, lately = dice.choice((0, 3, 5, 6)), dice.choice((1, 2, 2, 3))
        first = maker.anchor - dice.choice((112, 112, 70, 57, 56)) * DAY
        turn = maker.anchor - dice.choice((28, 29, 27, 20, 14)) * DAY
        maker.marks(
            child,
            first,
            (turn - first).days,
            ["I" if before and n % before == 0 else "/" for n in range(max(1, before))],
        )
        maker.marks(
            child, turn, dice.randint(14, 32), [dice.choice("INO" if n % lately == 0 else "/LE") for n in range(24)]
        )
    return maker.disturb()


def undecided(dice: Random) -> list[Event]:
    maker = Maker(dice)
    for _ in range(dice.randint(1, 5)):
        maker.referral(maker.occurred(-29, -3, -2, -1, 0, 0, 1, 2))
    return maker.disturb()


def encompass(dice: Random) -> list[Event]:
    maker = Maker(dice)
    for _ in range(dice.randint(1, 5)):
        maker.notification(
            maker.occurred(-29, -3, -2, -1, 0, 0, 1, 2),
            notice_type=dice.choice(("PPN", "PPN", "ENCOMPASS", "OTHER")),
            occurrence_ref=dice.choice(("O1", "O1", "O2")),
        )
    return maker.disturb()


def fallen(dice: Random) -> list[Event]:
    maker = Maker(dice)
    for _ in range(dice.randint(1, 3)):
        moment = maker.occurred(-366, -365, -364, -92, -91, -90, -89, 0)
        maker.referral(moment) if dice.random() < 0.7 else maker.notification(moment)
    kinds = ("cin-plan", "early-help", "cin-plan", "early-help", "cp-plan", "looked-after")
    for _ in range(dice.randint(1, 4)):
        maker.outcome(
            maker.anchor + dice.choice((-120, -30, -1, 0, 0, 1)) * DAY,
            dice.choice((*(f"{kind}-started" for kind in kinds), f"{dice.choice(kinds)}-ended", "case-closed")),
        )
    for child in dice.sample("ab", dice.choice((1, 1, 2))):
        often = dice.choice((5, 9, 10, 11, 20))
        maker.marks(
            child,
            maker.anchor - dice.choice((28, 14, 12)) * DAY,
            dice.randint(13, 32),
            ["/I/E"[n % 4] if n % often else "O" for n in range(often * 4)],
        )
    return maker.disturb()


def everything(dice: Random) -> list[Event]:
    maker = Maker(dice, "abc")
    for child in dice.sample("abc", dice.choice((1, 2))):
        codes = [dice.choice("//////NOIC") for _ in range(dice.choice((7, 10, 23)))]
        maker.marks(child, maker.anchor - dice.choice((0, 30, 112)) * DAY, dice.randint(5, 130), codes)
    for _ in range(dice.randint(4, 14)):
        moment = maker.occurred(-366, -112, -91, -90, -29, -28, -27, -7, -3, -2, -1, 0, 0, 0, 1)
        match dice.randrange(5):
            case 0 | 1:
                maker.referral(moment)
            case 2 | 3:
                maker.notification(moment)
            case _:
                kind = dice.choice(
                    ("cin-plan-started", "early-help-started", "cin-plan-ended", "case-closed", "cp-plan-started")
                )
                maker.outcome(moment.date(), kind)
    for _ in range(dice.choice((0, 0, 2, 4))):
        maker.link(maker.occurred(-100, -29, -1, 0, 0, 1), maker.child(), dice.choice(("F1", "F1", "F2")))
    return maker.disturb()


def moves(dice: Random) -> list[Event]:
    """Each agency knows the children by its own names; links come before, between and after, and are withdrawn."""
    maker = Maker(dice, "ab", is_national=False)
    for _ in range(dice.randint(3, 8)):
        moment = maker.occurred(-90, -29, -28, -27, -3, -2, -1, 0, 0, 1, 2, 29)
        maker.referral(moment) if dice.random() < 0.4 else maker.notification(moment)
    if dice.random() < 0.5:
        codes = [dice.choice("/NNOI") for _ in range(7)]
        maker.marks("a", maker.anchor - dice.choice((0, 7, 20)) * DAY, dice.randint(3, 30), codes)
    agencies = ("council", "police", "school")
    for _ in range(dice.randint(1, 5)):
        moment = maker.occurred(-91, -3, -1, 0, 1, 2, 3, 28)
        if dice.random() < 0.5:
            named = [(maker.child(), agency) for agency in dice.sample(agencies, dice.choice((2, 3)))]
            link = maker.same_child(moment, *named)
        else:
            link = maker.link(moment, maker.child(), dice.choice(("F1", "F1", "F2")), dice.choice(agencies))
        if dice.random() < 0.3:
            back = maker.say("family-link", "hub", moment + dice.choice((1, 20, 30)) * DAY, dict(link["data"]))
            back["data"]["action"] = "retract"
    return maker.disturb()


HISTORIES: dict[str, Callable[[Random], list[Event]]] = {
    "three-low-grade-notifications": low_grades,
    "contact-after-no-action": contacts,
    "domestic-abuse-then-absence": abuse,
    "missing-then-absence": missing,
    "repeat-missing": missing_again,
    "three-origins-in-28-days": origins,
    "severe-absence-with-other-concern": severe,
    "no-decision-in-one-working-day": undecided,
    "no-encompass-by-next-school-day": encompass,
    "concern-has-fallen": fallen,
    "moves": moves,
    "everything": everything,
}


REACHED = {
    "moves": {"no-decision-in-one-working-day"},
    "everything": {"no-decision-in-one-working-day"},
}

SEEDS = max(10, settings().max_examples // 10)
"""A history takes the slow reading a tenth of a second, and there are twelve kinds of them."""


@pytest.mark.parametrize("name", HISTORIES)
def test_rehearse_raises_what_the_contract_says(name: str) -> None:
    reached: set[str] = set()
    for seed in range(SEEDS):
        events = HISTORIES[name](Random(seed))
        story = tell_slowly(events)
        reached.update(raised.rule for raised in story.raises)
        if difference(events, story):
            fewer = shrink(events)
            pytest.fail("\n".join([f"seed {seed}", *map(str, fewer), *difference(fewer)]))
    assert reached >= REACHED.get(name, {name})
