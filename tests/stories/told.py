"""A story told to the product: through the partners' door, memory, links, families and desk, without a broker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import time
from functools import cache
from itertools import product
from typing import assert_never

import msgspec
from msgspec.structs import replace

from models.calendar.local_time import date_of
from models.desk.policy import DeskPolicy, policy_of
from models.desk.transition import advance as advance_desk
from models.family.judge import SILENT
from models.family.view import fact_id, mark_id
from models.hub.sequence import Sequence
from models.intake.links import LinkMap
from models.intake.listening import Verdict
from schemas.desk_events import ActionTaken
from schemas.hub import Team
from schemas.identifiers import AgencyId, IdentifierId, TeamId
from schemas.prompts import Prompt
from schemas.statements import Marks, Statement
from streams.hub import BUILT_IN_HUB
from streams.intake.accept import Accepted, Door, SetAside
from streams.intake.pseudonyms import PUBLISHED_KEY, Pseudonyms
from streams.simulator.sayings import known_to
from streams.simulator.table_fields import FieldError
from streams.simulator.telling import TableError, tell
from tests.stories.dates import moment_in_table, table_start, write_moment
from tests.stories.pages import StoryError
from tests.stories.reading import Revision, Row, Story, name_session
from tests.stories.words import Said
from tests.stories.workers import Done
from tests.telling import DEFAULT_PACK

AGENCIES = ("riverton-council", "riverton-police", "riverton-health", "oakfield-schools")
PSEUDONYMS = Pseudonyms(PUBLISHED_KEY)
PACK = DEFAULT_PACK.with_schools(BUILT_IN_HUB)
DOOR = Door(BUILT_IN_HUB, PUBLISHED_KEY)
HOURS = ((time(8), time(17)),) * 5 + (None, None)
_FATES = {Verdict.DUPLICATE: "is a duplicate", Verdict.EXPIRED: "is too old to be kept"}
_FATES[Verdict.ID_REUSE] = "is set aside: ID_REUSE"


@cache
def _policy(budget: int | None) -> DeskPolicy:
    """The desk of one team that works from Monday to Friday."""
    team = Team(id=TeamId("front-door"), daily_budget=budget, hours=HOURS)
    return policy_of(replace(BUILT_IN_HUB, teams=(team,)))


@dataclass
class Came:
    """What came of a story, in the story's own words."""

    comes: tuple[Revision, ...] = ()
    sentences: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    fates: dict[int, str] = field(default_factory=dict)
    untimely: tuple[str, ...] = ()


def compare(story: Story) -> list[str]:
    """Where what comes of a story differs from what it says, one line each; none where it is as told."""
    came = tell_story(story)
    differs = [f"missing: {told}" for told in story.comes if told not in came.comes]
    differs += [f"came:    {told}" for told in came.comes if told not in story.comes]
    if not differs and story.comes != came.comes:
        differs += ["the order, or how often, is another:", *map(str, came.comes)]
    for key, told in story.sentences.items():
        said = came.sentences.get(key, ())
        if said != told:
            differs += [f"{' '.join(key)}: {text}" for text in said] or [f"{' '.join(key)}: nothing"]
    differs += came.untimely
    if story.fates != came.fates:
        differs += [f"line {number} {fate}" for number, fate in came.fates.items()] or ["every line was taken"]
    return differs


def tell_story(story: Story) -> Came:
    """Tell every row, let time pass to the end, and write down what was published. Raises StoryError."""
    return _Telling(story).tell()


class _Desk(Sequence):
    """The whole product in sequence, and workers at its desk."""

    def take(self, action: ActionTaken) -> str | None:
        """Do what a worker asks for; why not, if it is handed back."""
        transition = advance_desk(self.desk, action, self._policy)
        self.desk = transition.desk
        self.revisions.extend(transition.prompts)
        refused = transition.refused_actions
        return refused[0].reason if refused else None


class _Telling:
    """One story on its way."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._desk = _Desk(_policy(story.budget), PACK, SILENT)
        self._events: dict[int, list[dict[str, object]]] = {}
        self._facts: dict[str, tuple[str, str]] = {}
        self._letters: dict[str, set[str]] = {}
        self._fates: dict[int, str] = {}

    def tell(self) -> Came:
        for row in self._story.rows:
            match row.said:
                case Said():
                    self._hear(row, row.said)
                case Done():
                    self._do(row, row.said)
                case _:
                    assert_never(row.said)
        self._desk.let_time_pass(self._story.until)
        numbers: dict[str, str] = {}
        for prompt in self._desk.revisions:
            numbers.setdefault(prompt.prompt_id, f"P{len(numbers) + 1}")
        newest = {numbers[prompt.prompt_id]: prompt for prompt in self._desk.revisions}
        return Came(
            comes=tuple(self._write(prompt, numbers[prompt.prompt_id]) for prompt in self._desk.revisions),
            sentences={(p, what): told for p, prompt in newest.items() for what, told in _sentences(prompt).items()},
            fates=self._fates,
            untimely=tuple(_find_untimely(self._desk.revisions)),
        )

    def _hear(self, row: Row, said: Said) -> None:
        if said.again:
            self._events[row.number] = self._events[row.number - 1]
        else:
            self._events[row.number] = self._write_events(row, said)
        for event in self._events[row.number]:
            answer = DOOR.accept_line(msgspec.json.encode(event), row.at, row.number)
            match answer:
                case SetAside():
                    self._fates[row.number] = f"is set aside: {answer.reason.name}"
                case Accepted():
                    self._name(answer.statement, said)
                    fate = _FATES.get(self._desk.hear(answer.statement))
                    if fate is not None:
                        self._fates[row.number] = fate
                case _:
                    assert_never(answer)

    def _write_events(self, row: Row, said: Said) -> list[dict[str, object]]:
        at = moment_in_table(said.written or write_moment(row.at)).replace("/", " ")
        try:
            events = tell(f"{at} {said.table}", table_start(), prefix=f"line-{row.number}")
        except (TableError, FieldError) as wrong:
            raise StoryError(f"{self._story.place}: line {row.number} of the story: {wrong}") from None
        if said.id_of is not None:
            events[0]["id"] = self._events[said.id_of][0]["id"]
        return events

    def _do(self, row: Row, done: Done) -> None:
        self._desk.let_time_pass(row.at)
        prompts = list(dict.fromkeys(prompt.prompt_id for prompt in self._desk.revisions))
        number = int(done.prompt[1:]) - 1
        prompt = prompts[number] if number < len(prompts) else "p-unknown"
        revisions = [known.revision for known in self._desk.revisions if known.prompt_id == prompt]
        refused = self._desk.take(
            ActionTaken(
                at=row.at,
                action_id=f"action-{row.number}",
                prompt_id=prompt,
                revision=done.seen or (revisions[-1] if revisions else 1),
                action=done.action,
                by="somebody",
                taken_at=row.at,
                withdraws=None if done.takes_back is None else f"action-{done.takes_back}",
                **done.fields,  # type: ignore[arg-type]
            )
        )
        if refused is not None:
            self._fates[row.number] = f"is handed back: {refused}"

    def _name(self, statement: Statement, said: Said) -> None:
        """Remember every id under which a prompt may name what was said."""
        for letter in said.children:
            if said.reference is not None:
                self._letters.setdefault(said.reference, set()).add(letter)
                for identifier in _identifiers(letter):
                    self._facts[fact_id(statement.key, identifier)] = said.reference, letter
            if isinstance(statement.body, Marks):
                for mark, identifier in product(statement.body.marks, _identifiers(letter)):
                    name = name_session(letter, date_of(mark.on), ("AM", "PM")[mark.session])
                    self._facts[mark_id(identifier, statement.body.school, mark.on, mark.session)] = name, ""

    def _write(self, prompt: Prompt, number: str) -> Revision:
        reasons = []
        for reason in prompt.reasons:
            facts = (self._facts.get(fact.fact, ("a fact that nobody told", "")) for fact in reason.facts)
            names = [f"{name} ({letter})" if len(self._letters.get(name, ())) > 1 else name for name, letter in facts]
            reasons.append((str(reason.rule.id) if reason.rule else "no rule", tuple(sorted(names))))
        return Revision(
            write_moment(prompt.updated_at),
            f"{number}, {prompt.kind} of {self._family(prompt)}",
            prompt.status + (", basis changed" if prompt.basis_changed else ""),
            tuple(reasons),
        )

    def _family(self, prompt: Prompt) -> str:
        for number in range(1, 10):
            if PSEUDONYMS.family("riverton-council", f"F{number}") == prompt.family:
                return f"F{number}"
        for letter, links in product("ABCDEFGH", (LinkMap(), self._desk.links)):
            if any(links.place(identifier).family == prompt.family for identifier in _identifiers(letter)):
                return f"{letter} alone"
        return "nobody"


def _find_untimely(revisions: Iterable[Prompt]) -> Iterator[str]:
    """Reasons that are published at another time than that since which, by their own word, they hold."""
    told: set[str] = set()
    for prompt in revisions:
        for reason in prompt.reasons:
            if reason.id not in told and reason.since != prompt.updated_at:
                yield f"told at {write_moment(prompt.updated_at)}, since {write_moment(reason.since)}"
            told.add(reason.id)


def _identifiers(letter: str) -> tuple[IdentifierId, ...]:
    """Every pseudonym under which an agency of the stories knows a child."""
    named = ((agency, known_to(agency, letter)) for agency in AGENCIES)
    return tuple(
        PSEUDONYMS.identifier(str(known["scheme"]), AgencyId(agency), str(known["value"])) for agency, known in named
    )


def _sentences(prompt: Prompt) -> dict[str, tuple[str, ...]]:
    return {
        "says": tuple(reason.text for reason in prompt.reasons),
        "asks": (prompt.question,),
        "notes": prompt.notes,
        "does not know": tuple(unknown.text for unknown in prompt.not_known),
        "speaks against": tuple(against.text for against in prompt.speaks_against),
        "is due": (write_moment(prompt.due_at),),
        "goes to": (str(prompt.team),),
    }
