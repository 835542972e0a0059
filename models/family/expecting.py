"""Expected but missing: a statement has its limit, and what has not come by then is asked for.

A statement is looked at once, at its limit or, if that is later, on its receipt, whether or not it then qualifies
(EVENTS section 4, *Once per episode*). That needs hardly any memory: what a family holds alive with its limit behind it
was looked at. Only where a correction or retraction of such a statement hides that, a mark is left among the bounds
of its strands, which move with the child. Of a referral that was about another family before, intake says so.

What falls due at one moment is one reason, which names all of it: two referrals of one night are one question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import assert_never

from msgspec.structs import replace

from models.calendar.local_time import HOUR, local_day
from models.calendar.school_days import BEFORE_SCHOOL, KNOWN_WITHIN_DAYS, SchoolCalendar
from models.family.forms import school_not_told, undecided
from models.family.forms.finding import Found, Trigger, about_only
from models.family.rules import Rule, RulePack
from models.family.state import FamilyState, Strand
from models.family.view import Concern, View
from models.family.vocabulary import Expecting, SchoolNotTold, Undecided
from models.family.words import date_words, join_words
from schemas.identifiers import ChildId, Day, FactKey, Moment, RuleId

Looks = dict[RuleId, tuple[FactKey, ...]]
"""What is to be looked at now, by rule."""


def expecting_rules(pack: RulePack) -> Iterator[tuple[Rule, Expecting]]:
    """The rules of a pack that wait for a statement."""
    for rule in pack.rule:
        if isinstance(rule.when, Undecided | SchoolNotTold):
            yield rule, rule.when


def limit_of(when: Expecting, concern: Concern, schools: SchoolCalendar) -> Moment | None:
    """By when a statement is expected on this concern; None: by no time."""
    match when:
        case Undecided():
            return undecided.limit_of(when, concern)
        case SchoolNotTold():
            return school_not_told.limit_of(concern, schools)
        case _:
            assert_never(when)


def next_limit(view: View, pack: RulePack) -> Moment | None:
    """The next moment at which something that is still missing falls due."""
    limits = (
        limit_of(when, concern, pack.schools)
        for rule, when in expecting_rules(pack)
        for concern in view.concerns
        if _lacking(view, when, concern) and not _is_marked(view.state, rule, concern.key)
    )
    return min((limit for limit in limits if limit is not None and limit > view.now), default=None)


def falling_due(view: View, pack: RulePack, after: Moment) -> Looks:
    """What falls due later than ``after`` and by now."""
    looks: Looks = {}
    for rule, when in expecting_rules(pack):
        limits = [(limit_of(when, concern, pack.schools), concern.key) for concern in view.concerns]
        looks[rule.id] = tuple(
            key
            for limit, key in limits
            if limit is not None and after < limit <= view.now and not _is_marked(view.state, rule, key)
        )
    return looks


def told_late(
    before: View,
    after: View,
    pack: RulePack,
    keys: Iterable[FactKey],
    than: Moment | None = None,
    held: tuple[tuple[Day, Moment], ...] = (),
) -> tuple[Looks, FamilyState | None]:
    """What of these statements came after its limit and was not looked at before.

    ``before`` and ``after`` are the family without and with what was told, both at the present moment. ``than``: only
    limits later than this, for stories that were looked at elsewhere up to then. ``held``: the earlier versions of a
    referral, which is looked at once whichever family it was about; a notification is, once per family.
    """
    looks: Looks = {}
    state: FamilyState | None = None
    for key in keys:
        then, now = before.concern(key), after.concern(key)
        for rule, when in expecting_rules(pack):
            was_looked_at = (
                _is_behind(before, when, then, pack)
                or _is_marked(after.state, rule, key)
                or (isinstance(when, Undecided) and undecided.was_looked_at(when, held))
            )
            is_behind = _is_behind(after, when, now, pack, than)
            if is_behind and not was_looked_at:
                looks[rule.id] = (*looks.get(rule.id, ()), key)
            elif was_looked_at and not _is_behind(after, when, now, pack):
                state = _marked(state or after.state, rule, key, after.now)
    return looks, state


def look_at(view: View, pack: RulePack, rule: Rule, keys: Iterable[FactKey], oldest: Day) -> Found | None:
    """What is missing on these statements; limits before ``oldest`` are too old to ask about."""
    when = rule.when
    if not isinstance(when, Undecided | SchoolNotTold):
        return None
    missing: list[tuple[Concern, Moment]] = []
    wanted = set(keys)
    for concern in view.concerns:
        if concern.key not in wanted or not (children := _lacking(view, when, concern)):
            continue
        limit = limit_of(when, concern, pack.schools)
        if limit is not None and local_day(limit) >= oldest:
            missing.append((about_only(concern, children), limit))
    return _found(rule, when, missing)


def look_again(view: View, pack: RulePack, rule: Rule, named: Iterable[str]) -> Found | None:
    """The same reason as its named statements stand now, also where they name a sibling by now.

    What came after the limit does not undo it.
    """
    when, facts = rule.when, set(named)
    if not isinstance(when, Undecided | SchoolNotTold):
        return None
    standing: list[tuple[Concern, Moment]] = []
    for concern in view.concerns:
        limit = limit_of(when, concern, pack.schools)
        if limit is None or limit > view.now or facts.isdisjoint(view.told.names_of(concern.key)):
            continue
        children = {about.child for about in concern.about}
        if isinstance(when, SchoolNotTold):
            children &= school_not_told.children_present(when, concern)
        if children:
            standing.append((about_only(concern, children), limit))
    return _found(rule, when, standing)


def not_checked(view: View, pack: RulePack) -> list[Concern]:
    """Recent notifications of which nobody could say by when a school should have been told of them."""
    oldest = view.today - KNOWN_WITHIN_DAYS
    return [
        concern
        for _, when in expecting_rules(pack)
        if isinstance(when, SchoolNotTold)
        for concern in view.concerns
        if concern.on >= oldest and _lacking(view, when, concern) and limit_of(when, concern, pack.schools) is None
    ]


def _lacking(view: View, when: Expecting, concern: Concern) -> frozenset[ChildId]:
    """The children of whom a statement is still missing."""
    match when:
        case Undecided():
            return undecided.children_waiting(concern)
        case SchoolNotTold():
            if school_not_told.was_told(view, concern):
                return frozenset()
            return school_not_told.children_present(when, concern)
        case _:
            assert_never(when)


def _found(rule: Rule, when: Expecting, missing: list[tuple[Concern, Moment]]) -> Found | None:
    if not missing:
        return None
    newest, limit = missing[-1]
    dates = join_words([date_words(day) for day in sorted({concern.on for concern, _ in missing})])
    match when:
        case Undecided():
            last_day = Day(local_day(Moment(limit - HOUR)))
            text = rule.says.format(referred=dates, limit=date_words(last_day))
        case SchoolNotTold():
            text = rule.says.format(notified=dates, limit=f"{BEFORE_SCHOOL:%H:%M} on {date_words(local_day(limit))}")
        case _:
            assert_never(when)
    return Found(Trigger(newest.at, newest.key, newest.on, newest), tuple(concern for concern, _ in missing), (), text)


def _is_behind(
    view: View, when: Expecting, concern: Concern | None, pack: RulePack, than: Moment | None = None
) -> bool:
    limit = None if concern is None else limit_of(when, concern, pack.schools)
    return limit is not None and limit <= view.now and (than is None or limit > than)


def _mark(rule: Rule, key: FactKey) -> RuleId:
    return RuleId("~" + blake2b(f"{rule.id} {key}".encode(), digest_size=8).hexdigest())


def _is_marked(state: FamilyState, rule: Rule, key: FactKey) -> bool:
    mark = _mark(rule, key)
    return any(mark in strand.bounds for strand in state.strands.values())


def _marked(state: FamilyState, rule: Rule, key: FactKey, now: Moment) -> FamilyState:
    def with_mark(strand: Strand) -> Strand:
        return replace(strand, bounds={**strand.bounds, _mark(rule, key): now}) if key in strand.facts else strand

    return replace(state, strands={name: with_mark(strand) for name, strand in state.strands.items()})
