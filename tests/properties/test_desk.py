"""The laws of the desk, seen as a reader sees them: from the revisions that were published."""

from collections import Counter
from datetime import date, time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from models.calendar.local_time import HOUR, MINUTE, SECOND, local_day, midnight, to_datetime
from models.desk.budget import has_room
from models.desk.clocks import wake_at
from models.desk.keeping import reopenable
from models.desk.policy import DeskPolicy, policy_of
from models.desk.rendering import render
from models.desk.state import DeskState, counts
from models.desk.storage import decode, encode
from models.desk.transition import advance
from schemas.desk_events import ActionTaken, DeskEvent, Emptied, Heard, Raised, Renamed, Restated
from schemas.events import TimePassed
from schemas.hub import Team
from schemas.identifiers import AgencyId, ChildId, Day, FamilyId, Moment, PromptId, ReasonId, RuleId, TeamId
from schemas.prompts import NOTHING_AGAINST, FactNamed, Prompt, Reason, RuleVersion, SpeaksAgainst
from streams.hub import parse_hub
from streams.simulator.town import DEMO

HUB = parse_hub(DEMO.hub())
HUB_FEEDS = [(source.agency, source.kind) for source in HUB.sources]
START = midnight(Day(date(2026, 10, 23).toordinal()))  # the clocks go back two days later
BUDGET = 2

FAMILIES = st.sampled_from([FamilyId(f"f-{number}") for number in range(4)])
KINDS = st.sampled_from(["review", "review", "step-down"])
REASONS = st.sampled_from([ReasonId(f"r-{number}") for number in range(40)])
TEXTS = st.sampled_from(["Said so.", "Said otherwise."])
STEPS = st.sampled_from([0, 0, SECOND, MINUTE, HOUR, 5 * HOUR, 13 * HOUR, 24 * HOUR, 70 * HOUR])
LATENESS = st.sampled_from([0, 0, 0, HOUR, 150 * HOUR])
AGAINST = (SpeaksAgainst(text="Attendance has recovered.", facts=()),)


def a_reason(reason: ReasonId, text: str, since: Moment) -> Reason:
    return Reason(
        id=reason,
        text=text,
        since=to_datetime(since),
        rule=RuleVersion(id=RuleId("repeat-missing"), version=1),
        model=None,
        facts=(
            FactNamed(
                fact=f"t-of-{reason}", agency=AgencyId("a"), kind="referral", on=date(2026, 10, 1), text="A referral."
            ),
        ),
    )


NO_HOURS = (None,) * 7
OFFICE_HOURS = (*((time(8, 30), time(17, 30)),) * 5, None, None)


def a_policy(budget: int | None, *, closes_at_due: bool, keeps_hours: bool = False) -> DeskPolicy:
    hours = OFFICE_HOURS if keeps_hours else NO_HOURS
    teams = tuple(Team(id=TeamId(name), daily_budget=budget, hours=hours) for name in ("front-door", "family-help"))
    return DeskPolicy(teams=teams, open_case_team=TeamId("family-help"), closes_at_due=closes_at_due, reopen_days=3)


@st.composite
def raises(draw: st.DrawFn, at: Moment) -> Raised:
    family, reason = draw(FAMILIES), draw(REASONS)
    return Raised(
        family=family,
        kind=draw(KINDS),
        at=at,
        question=f"Because of {reason}, would you look?",
        reason=a_reason(reason, draw(TEXTS), at),
        children=(ChildId(f"c-of-{family}"),),
        speaks_against=draw(st.sampled_from([(), AGAINST])),
        notes=draw(st.sampled_from([(), ("No school calendar is known.",), (NOTHING_AGAINST,)])),
        open_case=draw(st.booleans()),
        bypasses_budget=draw(st.sampled_from([False, False, False, True])),
    )


class DeskMachine(RuleBasedStateMachine):
    """Anything may be told, late and twice; a reader of the topic must never be misled."""

    told: Bundle[DeskEvent] = Bundle("told")

    def __init__(self) -> None:
        super().__init__()
        self.desk = DeskState()
        self.policy = a_policy(BUDGET, closes_at_due=False)
        self.revisions: dict[PromptId, list[Prompt]] = {}
        self.renamed: set[PromptId] = set()
        self.opened: Counter[tuple[TeamId, int]] = Counter()
        self.now = START
        self.actions = 0

    @initialize(budget=st.sampled_from([BUDGET, BUDGET, None, 0]), closes_at_due=st.booleans(), hours=st.booleans())
    def agree(self, budget: int | None, closes_at_due: bool, hours: bool) -> None:
        self.policy = a_policy(budget, closes_at_due=closes_at_due, keeps_hours=hours)

    # What may be told

    @rule(target=told, data=st.data(), step=STEPS, late=LATENESS)
    def raise_a_reason(self, data: st.DataObject, step: int, late: int) -> DeskEvent:
        event = data.draw(raises(self.then(step, late)))
        is_new = event.reason.id not in self.desk.by_reason
        published = self.tell(event)
        naming = [one for one in published if event.reason.id in {reason.id for reason in one.reasons}]
        assert bool(naming) is is_new, "a new reason is published, an old one is not"
        return event

    @rule(target=told, reason=REASONS, text=st.none() | TEXTS, family=FAMILIES, step=STEPS)
    def restate_a_reason(self, reason: ReasonId, text: str | None, family: FamilyId, step: int) -> DeskEvent:
        at = self.then(step)
        event = Restated(
            family=family,
            at=at,
            reason_id=reason,
            reason=None if text is None else a_reason(reason, text, at),
            children=() if text is None else (ChildId("c-restated"),),
            note=None if text else f"After a correction {reason} no longer holds.",
        )
        self.tell(event)
        for prompt in self.latest():
            named = {one.id: one.text for one in prompt.reasons}
            if prompt.status != "closed" and reason in named:
                assert named[reason] == text, "a live prompt says what was last stated"
        return event

    @rule(target=told, reason=REASONS, name=st.sampled_from(["c-anew", "c-once-more"]))
    def rename_a_child(self, reason: ReasonId, name: str) -> DeskEvent:
        event = Renamed(family=FamilyId("f-1"), at=self.now, reason_id=reason, children=(ChildId(name),))
        self.tell(TimePassed(self.now))
        assert self.tell(event) == (), "a name alone is no news"
        self.renamed.update(held.id for held in self.desk.live if reason in {told.id for told in held.reasons})
        return event

    @rule(target=told, family=FAMILIES, to=FAMILIES, step=STEPS)
    def empty_a_family(self, family: FamilyId, to: FamilyId, step: int) -> DeskEvent:
        event = Emptied(family=family, to=to, at=self.then(step))
        self.tell(event)
        if family != to:
            assert not any(one.family == family and one.status != "closed" for one in self.latest())
        return event

    @rule(
        target=told,
        data=st.data(),
        action=st.sampled_from(
            ["acknowledged", "assigned", "noted", "snoozed", "disposed", "disposed", "reopened", "contested", "lost"]
        ),
        behind=st.sampled_from([0, 0, 0, 1, -1]),
        step=STEPS,
    )
    def act(self, data: st.DataObject, action: str, behind: int, step: int) -> DeskEvent:
        at = self.then(step)
        prompt_id = data.draw(st.sampled_from([*sorted(self.revisions), PromptId("p-nobody")]))
        event = ActionTaken(
            at=at,
            action_id=f"a-{self.actions}",
            prompt_id=prompt_id,
            revision=len(self.revisions.get(prompt_id, ())) - behind,
            action=action,
            by=data.draw(st.sampled_from(["w-1", "w-2"])),
            taken_at=at,
            to="w-2",
            until=data.draw(st.none() | STEPS.map(lambda step: Moment(at + step))),
            note="A note.",
            disposition="already-known",
            useful="yes",
        )
        self.tell_action(event)
        return event

    @rule(target=told, data=st.data(), minutes=st.sampled_from([0, 1, 20]))
    def take_back(self, data: st.DataObject, minutes: int) -> DeskEvent:
        taken = [(held.id, one) for held in self.desk.live for one in held.actions]
        for closed in self.desk.closed:
            held = reopenable(closed)
            taken += [] if held is None else [(held.id, one) for one in held.actions]
        at = self.then(minutes * MINUTE)
        prompt_id, slip = data.draw(st.sampled_from([*taken[-4:], (PromptId("p-nobody"), None)]))
        event = ActionTaken(
            at=at,
            action_id=f"a-{self.actions}",
            prompt_id=prompt_id,
            revision=len(self.revisions.get(prompt_id, ())),
            action="withdrawn",
            by="w-1" if slip is None else slip.by,
            taken_at=at,
            withdraws=None if slip is None else slip.id,
        )
        self.tell_action(event)
        return event

    @rule(target=told, step=STEPS)
    def let_time_pass(self, step: int) -> DeskEvent:
        event = TimePassed(self.then(step))
        self.tell(event)
        return event

    @rule(feed=st.sampled_from(["referral", "outcome"]), back=st.integers(0, 9))
    def hear_of_a_feed(self, feed: Any, back: int) -> None:
        event = Heard(AgencyId("riverton-council"), feed, Day(local_day(self.now) - back))
        told = advance(self.desk, event, self.policy)
        assert (told.prompts, told.refused_actions, told.desk.clock) == ((), (), self.desk.clock)
        assert advance(told.desk, event, self.policy).desk is told.desk
        self.desk = told.desk

    @rule(event=told)
    def tell_again_at_once_or_later(self, event: DeskEvent) -> None:
        if isinstance(event, Restated | Renamed | Emptied):
            return  # these say how things are now: an old one told later is a new statement
        before = self.desk
        again = advance(before, event, self.policy)
        assert again.prompts == ()
        assert again.desk == before

    # How it is told

    def then(self, step: int, late: int = 0) -> Moment:
        self.now = Moment(self.now + step)
        return Moment(max(START, self.now - late))

    def tell_action(self, event: ActionTaken) -> None:
        self.actions += 1
        due = advance(self.desk, TimePassed(event.at), self.policy)
        told = advance(due.desk, event, self.policy)
        answers = [one for one in told.prompts if one.prompt_id == event.prompt_id]
        assert len(told.refused_actions) <= 1
        assert len(answers) == 1 or told.refused_actions, "an action is answered or handed back, never lost"
        if told.refused_actions and answers:
            assert "was not taken" in answers[0].notes[-1], "what is handed back moves nothing, and may be shown"
        assert not told.repeated
        self.tell(event)

    def tell(self, event: DeskEvent) -> tuple[Prompt, ...]:
        before = self.desk
        told = advance(before, event, self.policy)
        self.desk = told.desk
        assert told.desk.clock == max(before.clock, event.at), "the clock is the latest moment told"
        for one in told.prompts:
            self.read(one, event)
        twice = advance(told.desk, event, self.policy)
        assert (twice.desk, twice.prompts) == (told.desk, ()), "told twice in a row, nothing changes"
        return told.prompts

    def read(self, prompt: Prompt, event: DeskEvent) -> None:
        known = self.revisions.setdefault(prompt.prompt_id, [])
        self.renamed.discard(prompt.prompt_id)
        assert prompt.revision == len(known) + 1, "revisions count 1, 2, 3"
        if known:
            last = known[-1]
            assert replace(prompt, revision=last.revision, updated_at=last.updated_at) != last, "a revision says more"
            assert prompt.updated_at >= last.updated_at
            assert prompt.basis_changed >= last.basis_changed, "a changed basis stays marked for good"
            assert (prompt.raised_at, prompt.due_at, prompt.kind) == (last.raised_at, last.due_at, last.kind)
            since = {reason.id: reason.since for reason in last.reasons}
            assert all(since.get(reason.id, reason.since) == reason.since for reason in prompt.reasons)
        assert (NOTHING_AGAINST in prompt.notes) is (prompt.speaks_against == ())
        assert [reason.since for reason in prompt.reasons] == sorted(reason.since for reason in prompt.reasons)
        if prompt.status == "open" and not any(one.status == "open" for one in known):
            self.count_opening(prompt, event)
        known.append(prompt)

    def count_opening(self, prompt: Prompt, event: DeskEvent) -> None:
        budget = self.policy.budget_of(prompt.team)
        at = local_day(Moment(int(prompt.updated_at.timestamp()) * SECOND))
        by_choice = isinstance(event, ActionTaken) and event.prompt_id == prompt.prompt_id
        bypassing = isinstance(event, Raised) and event.bypasses_budget and event.family == prompt.family
        if budget is None or by_choice or bypassing or isinstance(event, Emptied):
            return
        self.opened[prompt.team, at] += 1
        assert self.opened[prompt.team, at] <= budget, "no more open on a day than the budget has it"

    def latest(self) -> list[Prompt]:
        return [known[-1] for known in self.revisions.values()]

    # What always holds

    @invariant()
    def at_most_one_live_prompt_per_family_and_kind(self) -> None:
        live = Counter((one.family, one.kind) for one in self.latest() if one.status != "closed")
        assert not live or max(live.values()) == 1

    @invariant()
    def raised_is_open_and_waiting_and_snoozed_and_closed(self) -> None:
        seen, said = counts(self.desk), Counter(one.status for one in self.latest())
        assert seen.raised == len(self.revisions)
        assert seen.raised == seen.open + seen.waiting + seen.snoozed + seen.closed + seen.forgotten
        assert (seen.open, seen.waiting, seen.snoozed, seen.closed) == (
            said["open"],
            said["waiting"],
            said["snoozed"],
            said["closed"],
        )

    @invariant()
    def what_was_published_last_is_what_the_desk_holds(self) -> None:
        for held in self.desk.live:
            published = self.revisions[held.id][-1]
            if held.id in self.renamed:  # the next revision says the new names
                published = replace(published, children=render(held).children)
            assert render(held) == published
        for closed in self.desk.closed:
            published = self.revisions[closed.id][-1]
            assert (closed.revision, published.status) == (published.revision, "closed")

    @invariant()
    def no_reason_is_in_two_prompts(self) -> None:
        named = Counter(reason.id for one in self.latest() for reason in one.reasons)
        assert not named or max(named.values()) == 1

    @invariant()
    def nothing_waits_while_there_is_room(self) -> None:
        today = local_day(self.desk.clock)
        for one in self.latest():
            if self.policy.is_on_duty(one.team, today):
                assert one.status != "waiting" or not has_room(self.desk, one.team, self.policy)

    @invariant()
    def whoever_sleeps_wakes_by_time_or_by_news(self) -> None:
        for held in self.desk.live:
            woken = held.snoozed_until is None or held.snoozed_until > self.desk.clock
            assert held.status != "snoozed" or woken
            assert held.status == "snoozed" or held.snoozed_until is None

    @invariant()
    def time_has_nothing_left_to_do(self) -> None:
        wakes = wake_at(self.desk)
        assert wakes is None or wakes > self.desk.clock

    @invariant()
    def a_desk_is_stored_and_read_without_loss(self) -> None:
        assert decode(encode(self.desk)) == self.desk


TestDesk = DeskMachine.TestCase


@st.composite
def histories(draw: st.DrawFn) -> list[Raised | TimePassed]:
    at, events = START, []
    for _ in range(draw(st.integers(1, 12))):
        at = Moment(at + draw(STEPS))
        events.append(draw(raises(at)))
    return [*events, TimePassed(Moment(at + draw(STEPS)))]


@given(histories(), st.booleans(), st.sampled_from([None, 1]), st.lists(st.integers(0, 99), max_size=10))
def test_it_makes_no_difference_how_often_the_desk_is_told_the_time(
    history: list[DeskEvent], closes_at_due: bool, budget: int | None, ticks: list[int]
) -> None:
    policy = a_policy(budget, closes_at_due=closes_at_due)
    end = history[-1].at
    between = [TimePassed(Moment(START + (end - START) * tick // 100)) for tick in ticks]

    def tell(events: list[Any]) -> tuple[bytes, list[Prompt]]:
        desk = DeskState()
        published: list[Prompt] = []
        for event in events:
            told = advance(desk, event, policy)
            desk = told.desk
            published += told.prompts
        return encode(desk), published

    assert tell(history) == tell(sorted([*history, *between], key=lambda event: event.at))


@given(histories(), st.booleans())
def test_the_same_story_gives_the_same_revisions_from_any_point_it_is_read_again(
    history: list[DeskEvent], closes_at_due: bool
) -> None:
    policy = a_policy(1, closes_at_due=closes_at_due)
    through, restarted = DeskState(), DeskState()
    for event in history:
        one, other = advance(through, event, policy), advance(decode(encode(restarted)), event, policy)
        assert one.prompts == other.prompts
        through, restarted = one.desk, other.desk
    assert encode(through) == encode(restarted)


@given(histories(), st.lists(st.tuples(st.sampled_from(HUB_FEEDS), st.integers(-9, 9)), max_size=12), st.randoms())
def test_a_prompt_says_the_same_of_feeds_wherever_on_its_day_they_are_heard(
    history: list[Raised | TimePassed], heard: list[tuple[tuple[AgencyId, Any], int]], dice: Any
) -> None:
    """What a rehearsal and the running system may tell the desk in another order: the days of feeds, within a day."""
    policy = policy_of(HUB)
    first_day = local_day(START)
    days = [Heard(agency, kind, Day(first_day + number)) for (agency, kind), number in heard]

    def tell(*, late: bool) -> list[Prompt]:
        desk = DeskState()
        published: list[Prompt] = []
        events: list[tuple[int, int, Any]] = [(local_day(event.at), 1, event) for event in history]
        place = {True: 2, False: 0, None: 1}
        events += [(event.day, place[late] if dice.random() < 0.8 else 1, event) for event in days]
        for _, _, event in sorted(events, key=lambda entry: entry[:2]):
            told = advance(desk, event, policy)
            desk = told.desk
            published += told.prompts
        return published

    assert tell(late=False) == tell(late=True)
