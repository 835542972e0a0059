"""The slow oracle told events in turn: time passes, rules raise once per episode, prompts open and close (EVENTS 4)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.properties import slow_rules as rules
from tests.properties.slow_calendar import DAY, end_of_next_working_day, local, on
from tests.properties.slow_facts import Fact, Known, Told, children_of, identifiers_of, key_of, kind_of, moment
from tests.properties.slow_rules import Named

NO_DECISION, NO_ENCOMPASS = "no-decision-in-one-working-day", "no-encompass-by-next-school-day"
THREE_ORIGINS, FALLEN = "three-origins-in-28-days", "concern-has-fallen"


@dataclass(frozen=True)
class Raise:
    """A rule held for a family, and these facts of these children say so."""

    rule: str
    family: str
    since: datetime
    named: frozenset[tuple[Fact, str]]


@dataclass
class Prompt:
    """What the desk shows of it."""

    kind: str
    family: str
    raised_at: datetime
    due_at: datetime
    raises: list[Raise] = field(default_factory=list)


@dataclass
class Story:
    """A hub, told wire events in the order of a file."""

    told: tuple[Told, ...] = ()
    now: datetime | None = None
    raises: list[Raise] = field(default_factory=list)
    prompts: list[Prompt] = field(default_factory=list)
    open: dict[tuple[str, str], Prompt] = field(default_factory=dict)
    bounds: dict[tuple[str, str], datetime] = field(default_factory=dict)  # by rule and identifier
    looked_at: set[tuple[str, ...]] = field(default_factory=set)
    known: Known = field(default_factory=lambda: Known(()))
    lines: set[str] = field(default_factory=set)

    @property
    def all_known(self) -> list[list[Fact]]:
        """The facts that any reason named."""
        return [[fact for fact, _ in one.named] for one in self.raises] + [self.known.facts]

    def tell(self, event: dict[str, Any]) -> None:
        received_at = max(self.now or moment(event["time"]), moment(event["time"]))
        self.let_time_pass(received_at)
        if (line := json.dumps(event)) in self.lines:
            return  # a duplicate
        self.lines.add(line)
        before = self.known
        is_link = kind_of(event) == "family-link"
        chosen = [] if is_link else [before.links.choose(identifiers_of(event, child)) for child in children_of(event)]
        told = Told(event, received_at, tuple(chosen))
        self.told = (*self.told, told)
        self.known = Known(self.told)
        if is_link:
            self._move_prompts(before, told)
        for family in sorted(self._families_of(told, before)):
            self._look(family, received_at)
        self._look_at_what_was_late(received_at)

    def let_time_pass(self, until: datetime) -> None:
        """All that is due up to and including this moment happens, on what is known then."""
        while self.now is not None and (due := self._next_due(self.now)) <= until:
            self.now = due
            for key, prompt in list(self.open.items()):
                if prompt.due_at <= due:
                    del self.open[key]
            self._look_at_what_was_late(due)
            if due == local(on(due)):
                for family in sorted(self.known.families):
                    self._ask_whether_concern_has_fallen(family, due)
        self.now = until

    def _next_due(self, now: datetime) -> datetime:
        limits = [limit for fact in self.known.facts for limit in (self._limits(fact).values()) if limit > now]
        dues = [prompt.due_at for prompt in self.open.values()]
        return min([local(on(now) + DAY), *limits, *dues])

    def _limits(self, fact: Fact) -> dict[str, datetime]:
        found = {NO_DECISION: rules.no_decision_limit(fact), NO_ENCOMPASS: rules.no_encompass_limit(fact)}
        return {rule: limit for rule, limit in found.items() if limit is not None}

    def _families_of(self, told: Told, before: Known) -> set[str]:
        """Of the children it names or named before, as they are now; of a link, also those they came from."""
        if kind_of(told.event) != "family-link":
            same = [one for one in self.told if _is_about_the_same(one, told)]
            return {self.known.links.family(name) for one in same for name in one.identifiers}
        stated = [one for one in self.told if kind_of(one.event) == "family-link" and key_of(one) == key_of(told)]
        named = {name for one in stated for name in identifiers_of(one.event, one.data["child"])}
        touched = {
            other for name in named for known in (before, self.known) for other in known.links.connected(name) | {name}
        }
        families = {known.links.family(name) for name in touched for known in (before, self.known)}
        return {family for family in families if family in self.known.families}

    def _look(self, family: str, now: datetime) -> None:
        """Each rule raises at most once, by the newest trigger whose reason may raise."""
        candidates = rules.triggers(self.known, family)
        for rule, form in rules.AFTER_EACH_EVENT.items():
            for trigger in candidates:
                if rules.is_too_old(trigger.on, now):
                    break
                named = form(self.known, family, trigger)
                if trigger in {fact for fact, _ in named} and self._may_raise(rule, family, named, trigger):
                    self._raise(rule, family, now, named)
                    break
        self._ask_whether_concern_has_fallen(family, now)

    def _ask_whether_concern_has_fallen(self, family: str, now: datetime) -> None:
        named = rules.concern_has_fallen(self.known, family, now)
        if named and self._may_raise(FALLEN, family, named):
            self._raise(FALLEN, family, now, named)

    def _look_at_what_was_late(self, now: datetime) -> None:
        """The two rules that wait for a statement: once at the limit, or on receipt if that is later."""
        late: dict[tuple[str, str], Named] = defaultdict(set)
        for fact in self.known.facts:
            for rule, limit in self._limits(fact).items():
                if limit > now:
                    continue
                families = {family for family in self.known.families if self.known.named_in(fact, family)}
                for family in families:
                    is_new = not self._memories(rule, fact, self.known.families[family]) & self.looked_at
                    self.looked_at |= self._memories(rule, fact, self.known.named_in(fact, family))
                    if not is_new or rules.is_too_old(on(limit), now):
                        continue
                    if rule == NO_ENCOMPASS:
                        late[rule, family] |= rules.school_not_told(self.known, family, fact)
                    elif rules.is_undecided(fact):
                        late[rule, family] |= rules.named(self.known, family, [fact])
        for (rule, family), named in sorted(late.items()):
            if named and self._may_raise(rule, family, named):
                self._raise(rule, family, now, named)

    def _memories(self, rule: str, fact: Fact, children: Iterable[str]) -> set[tuple[str, ...]]:
        """The children remember that it was looked at, wherever they move; a referral is looked at once for all."""
        if rule == NO_DECISION:
            return {(rule, *fact.key)}
        return {(rule, *fact.key, name) for child in children for name in self._all_names(child)}

    def _may_raise(self, rule: str, family: str, named: Named, trigger: Fact | None = None) -> bool:
        """Once per episode."""
        bounds = [self.bounds[rule, name] for name in self._identifiers(family) if (rule, name) in self.bounds]
        if not bounds:
            return True
        is_far = rule != THREE_ORIGINS or (trigger is not None and (trigger.on - on(max(bounds))).days > 28)
        if rule == FALLEN:
            return on(_newest(named, rule)) > on(max(bounds))  # "dated later"
        return _newest(named, rule) > max(bounds) and is_far

    def _identifiers(self, family: str) -> set[str]:
        names = {name for _, name in self.bounds}
        return {name for name in names if self.known.links.child(name) in self.known.families[family]}

    def _raise(self, rule: str, family: str, now: datetime, named: Named) -> None:
        for child in {child for _, child in named}:
            for name in self._all_names(child):
                held = self.bounds.get((rule, name))
                self.bounds[rule, name] = max(_newest(named, rule), held) if held else _newest(named, rule)
        raised = Raise(rule, family, now, frozenset(named))
        self.raises.append(raised)
        self._show(raised)

    def _all_names(self, child: str) -> set[str]:
        """The identifiers of a child under which anything was told."""
        return {name for one in self.told for name in one.identifiers if self.known.links.child(name) == child}

    def _show(self, raised: Raise) -> None:
        kind = "step-down" if raised.rule == FALLEN else "review"
        if kind == "review":
            self.open.pop((raised.family, "step-down"), None)
        prompt = self.open.get((raised.family, kind))
        if prompt is None:
            due = end_of_next_working_day(on(raised.since))
            prompt = self.open[raised.family, kind] = Prompt(kind, raised.family, raised.since, due)
            self.prompts.append(prompt)
        prompt.raises.append(raised)

    def _move_prompts(self, before: Known, told: Told) -> None:
        """A family left without children gives its open prompts to the family its last child goes to."""
        for family in set(before.families) - set(self.known.families):
            told = {name for one in self.told for name in one.identifiers}
            names = [name for name in told | before.links.at_home if before.links.family(name) == family]
            to = self.known.links.family(max(names))
            for kind in ("review", "step-down"):
                if (moved := self.open.pop((family, kind), None)) is not None:
                    held = self.open.get((to, kind))
                    stays = min((one for one in (moved, held) if one is not None), key=lambda one: one.raised_at)
                    self.open[to, kind] = stays


def _newest(named: Iterable[tuple[Fact, str]], rule: str) -> datetime:
    """The newest referral or notification named; for step-down also the start of a plan."""
    return max(fact.at for fact, _ in named if fact.is_concern or (rule == FALLEN and fact.kind == "outcome"))


def _is_about_the_same(one: Told, other: Told) -> bool:
    kinds = kind_of(one.event), kind_of(other.event)
    if kinds == ("school-absence", "school-absence"):
        return one.identifiers == other.identifiers
    return kinds[0] == kinds[1] and kinds[0] != "family-link" and key_of(one) == key_of(other)


__all__ = ["Prompt", "Raise", "Story"]
