"""What one event does to a family's story, and what the story then asks for. Read this first.

``advance`` is the whole product in one function: it takes an event into the story, and returns the new story with what
is to be told to others. It has no clock, no dice, no log and no I/O, so a replay gives the same answer bit for bit, and
an exception in it leaves the old story untouched.

The laws, each held by a property test:

* Told twice, nothing changes; in any order, the same story (``models.family.state``: newest version per natural key).
* Time passes before an event is applied, up to the event's receipt; the family's clock never goes back.
* A child's facts are in exactly one family (``models.family.moves``).
* A rule raises once per episode (EVENTS section 4): each child keeps, per rule, the newest concern that a raise named.
* Ids are derived from what they are about, so a crash repeats an output under its id.
"""

from __future__ import annotations

from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from models.calendar.local_time import day_of, local_day, midnight
from models.calendar.retention import gone_on
from models.family.asking import could_hold, find, looks_at_school
from models.family.bounding import keep_bounded
from models.family.forms.finding import NO_CONCERN, Found
from models.family.judge import Judge
from models.family.moves import arrive, depart, gone_to, settle_in
from models.family.reasons import raise_candidate
from models.family.recent import Recent
from models.family.remembering import first_expiry, first_settling, forget, tell, tell_marks, wake_by, with_expiry
from models.family.rules import Rule, RulePack
from models.family.state import Address, FamilyState, decode_watched
from models.family.view import View
from models.family.vocabulary import Origins
from models.family.watching import look_again, rests_on_school, watch
from schemas.desk_events import Emptied, Raised, Restated
from schemas.events import FamilyEvent, Forwarded, Joined, Marked, Moved, Placed, TimePassed, Told
from schemas.identifiers import Day, FamilyId, Moment, RuleId

ForDesk = Raised | Restated | Emptied


class Transition(Struct, frozen=True):
    """The story after an event, what the desk is told, and what other families are told."""

    state: FamilyState
    for_desk: tuple[ForDesk, ...] = ()
    forwards: tuple[Forwarded, ...] = ()


def advance(state: FamilyState, event: FamilyEvent, judge: Judge, pack: RulePack) -> Transition:
    """Take one event into a family's story; put a candidate to the desk if the story calls for one."""
    if isinstance(event, TimePassed):
        return Transition(pass_time(state, event.at))
    state = pass_time(state, event.at)
    state = replace(state, clock=max(state.clock, event.at))
    match event:
        case Told():
            taken = _take_statement(state, event)
        case Marked():
            taken = _take_marks(state, event)
        case Moved():
            taken = _take_departure(state, event)
        case Joined():
            taken = _take_arrival(state, event)
        case _:
            assert_never(event)
    if taken.state is state:
        return taken
    remembered = keep_bounded(forget(taken.state))
    told = Transition(remembered, taken.for_desk, taken.forwards)
    return consider(told, judge, pack, only_school=isinstance(event, Marked))


def wake_at(state: FamilyState) -> Day:
    """The next day on whose beginning time alone changes this story; ``NEVER`` if there is none."""
    return state.next_expiry


def pass_time(state: FamilyState, at: Moment) -> FamilyState:
    """The story after nothing but time passed, up to and including ``at``: what is due happens, each at its moment."""
    today = local_day(at)
    while state.next_expiry <= today:
        state = forget(replace(state, clock=max(state.clock, midnight(state.next_expiry))))
    return state


def consider(transition: Transition, judge: Judge, pack: RulePack, *, only_school: bool = False) -> Transition:
    """Look at the story as it stands: restate what was corrected, then raise what the rules call for.

    ``only_school`` says that nothing but marks changed: reasons and rules that do not look at them are passed over.
    The judge is a guest: until its specification is live it has nothing to say here.
    """
    del judge
    state = transition.state
    watched = [reason for reason in state.watched if not only_school or rests_on_school(reason)]
    rules = rules_to_ask(state, pack, only_school=only_school)
    if not watched and not rules:
        return transition
    view = View(state)
    told: list[ForDesk] = list(transition.for_desk)
    for reason in watched:
        again, restated = look_again(view, pack, reason)
        if again is not reason:
            state = replace(state, watched=tuple(again if kept is reason else kept for kept in state.watched))
        if restated is not None:
            told.append(restated)
    for rule in rules:
        found = find_to_raise(view, state, rule)
        if found is not None:
            raised = raise_candidate(view, rule, found)
            told.append(raised)
            state = _remember_raise(state, rule, found, raised)
    return Transition(state, tuple(told), transition.forwards)


def rules_to_ask(state: FamilyState, pack: RulePack, *, only_school: bool) -> list[Rule]:
    """The rules that could raise at all: most events are marks of families without a recent concern."""
    recent = Recent(state)
    if not recent.origins:
        return []
    return [
        rule
        for rule in pack.rule
        if (looks_at_school(rule.when) or not only_school)
        and could_hold(rule.when, recent)
        and recent.at > bound_of(state, rule)
    ]


def find_to_raise(view: View, state: FamilyState, rule: Rule) -> Found | None:
    """The finding that this rule raises now, if it holds and has something newer to say than its last raise."""
    if view.today > day_of(rule.review_on):
        return None
    bound = bound_of(state, rule)

    def may_raise(found: Found) -> bool:
        if found.newest <= bound:
            return False
        is_first = bound == NO_CONCERN
        return is_first or not isinstance(rule.when, Origins) or _is_apart(found, bound, rule.when)

    return find(view, rule, may_raise)


def bound_of(state: FamilyState, rule: Rule) -> Moment:
    """The newest concern that a raise of this rule named when a child of this family was in it."""
    return max((strand.bounds.get(rule.id, NO_CONCERN) for strand in state.strands.values()), default=NO_CONCERN)


def _is_apart(found: Found, bound: Moment, when: Origins) -> bool:
    return found.trigger.on - local_day(bound) > when.apart_days


def _take_statement(state: FamilyState, told: Told) -> Transition:
    """A statement about children of this family; those that have moved on hear of it where they are."""
    sent_on: dict[tuple[FamilyId, int], list[tuple[Placed, bool]]] = {}
    told_to = state
    for placed, named in [(p, True) for p in told.named] + [(p, False) for p in told.dropped]:
        address = gone_to(told_to, placed.identifier, told.links)
        if address is not None:
            at_home = replace(placed, child=address.child)
            sent_on.setdefault((address.family, address.links), []).append((at_home, named))
            continue
        settled = settle_in(told_to, placed, told.links)
        strand = settled.strands[placed.identifier]
        known = tell(strand, told, placed, named)
        if known is not strand:
            settled = replace(settled, strands={**settled.strands, placed.identifier: known})
            settled = wake_by(settled, first_expiry(told))
        told_to = settled
    forwards = tuple(
        Forwarded(
            family,
            replace(
                told,
                links=links,
                named=tuple(placed for placed, named in entries if named),
                dropped=tuple(placed for placed, named in entries if not named),
            ),
        )
        for (family, links), entries in sorted(sent_on.items())
    )
    return Transition(told_to, (), forwards)


def _take_marks(state: FamilyState, marked: Marked) -> Transition:
    address = gone_to(state, marked.placed.identifier, marked.links)
    if address is not None:
        return Transition(state, (), (_send_on(marked, address),))
    settled = settle_in(state, marked.placed, marked.links)
    strand = settled.strands[marked.placed.identifier]
    known = tell_marks(strand, marked)
    if known is strand:
        return Transition(settled)
    told_to = replace(settled, strands={**settled.strands, marked.placed.identifier: known})
    return Transition(wake_by(told_to, first_settling(marked)))


def _take_departure(state: FamilyState, moved: Moved) -> Transition:
    departure = depart(state, moved)
    emptied = () if departure.emptied_to is None else (Emptied(state.family, departure.emptied_to, moved.at),)
    return Transition(with_expiry(departure.state), emptied, departure.forwards)


def _take_arrival(state: FamilyState, joined: Joined) -> Transition:
    address = gone_to(state, joined.placed.identifier, joined.links)
    if address is not None:
        return Transition(state, (), (_send_on(joined, address),))
    arrived = arrive(state, joined)
    known = {reason.id for reason in arrived.watched}
    came = tuple(reason for raw in joined.watched if (reason := decode_watched(raw)).id not in known)
    return Transition(with_expiry(replace(arrived, watched=(*arrived.watched, *came))))


def _send_on(event: Marked | Joined, address: Address) -> Forwarded:
    """The event as somebody would tell it who knew where the strand has gone."""
    placed = replace(event.placed, child=address.child)
    return Forwarded(address.family, replace(event, links=address.links, placed=placed))


def _remember_raise(state: FamilyState, rule: Rule, found: Found, raised: Raised) -> FamilyState:
    strands = dict(state.strands)
    for identifier, strand in state.strands.items():
        if strand.child in found.children:
            bound = max(found.newest, strand.bounds.get(rule.id, found.newest))
            strands[identifier] = replace(strand, bounds={**strand.bounds, RuleId(rule.id): bound})
    watched = (*state.watched, watch(rule, found, raised.reason, state.clock))
    return wake_by(replace(state, strands=strands, watched=watched), gone_on(local_day(state.clock)))
