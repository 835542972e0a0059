"""Two rule packs over the same events: which prompts only one of them raises, and which say something else.

Prompts are paired by their id, which follows from the family and the first reason; what is left by family and kind,
where one was raised while the other was still to be answered: then a family is prompted under both packs, for other
reasons. Statuses are not compared, because the budget makes them depend on everybody else's prompts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct

from models.calendar.local_time import date_of, local_day, to_moment
from schemas.identifiers import FamilyId, PromptId, TeamId
from schemas.prompts import Prompt, PromptKind


class Asked(Struct, frozen=True, kw_only=True):
    """A prompt over all its revisions: what it ever asked, and the reasons it ever gave, in their order."""

    prompt_id: PromptId
    family: FamilyId
    kind: PromptKind
    team: TeamId
    raised_on: date
    questions: tuple[str, ...]
    rules: tuple[str, ...]
    reasons: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Asked({self.prompt_id})"


class OtherWords(Struct, frozen=True, kw_only=True):
    """One family, asked about under both packs: the prompt of each, and the reasons that only one of them gives."""

    first: Asked
    second: Asked
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]

    def __repr__(self) -> str:
        return f"OtherWords({self.first.prompt_id})"


class Difference(Struct, frozen=True, kw_only=True):
    """``same`` prompts say the same under both packs; the others are listed, oldest first."""

    same: int
    only_first: tuple[Asked, ...]
    only_second: tuple[Asked, ...]
    other_words: tuple[OtherWords, ...]

    @property
    def is_none(self) -> bool:
        """Whether the two packs lead to the same prompts."""
        return not (self.only_first or self.only_second or self.other_words)


def compare(first: Sequence[Prompt], second: Sequence[Prompt]) -> Difference:
    """The difference between the revisions that two rehearsals of the same events published."""
    ours, theirs = _tell(first), _tell(second)
    pairs = [(told, theirs[prompt]) for prompt, told in ours.items() if prompt in theirs]
    left = [told for prompt, told in ours.items() if prompt not in theirs]
    over = [told for prompt, told in theirs.items() if prompt not in ours]
    more, left, over = _pair_by_family(left, over)
    told = [_say(one.asked, other.asked) for one, other in sorted([*pairs, *more], key=lambda pair: pair[0].place)]
    return Difference(
        same=sum(words is None for words in told),
        only_first=tuple(one.asked for one in sorted(left, key=lambda one: one.place)),
        only_second=tuple(one.asked for one in sorted(over, key=lambda one: one.place)),
        other_words=tuple(words for words in told if words is not None),
    )


class _Life(Struct, frozen=True):
    """A prompt with the time for which it asked."""

    asked: Asked
    begins: int
    ends: int

    @property
    def place(self) -> tuple[int, str]:
        return self.begins, self.asked.prompt_id

    def meets(self, other: _Life) -> bool:
        """Whether both asked the same kind of question about one family at one time."""
        one, two = self.asked, other.asked
        is_same = (one.family, one.kind) == (two.family, two.kind)
        return is_same and self.begins < other.ends and other.begins < self.ends


def _tell(revisions: Iterable[Prompt]) -> dict[PromptId, _Life]:
    """Each prompt over all its revisions, in the order in which they were raised."""
    found: dict[PromptId, list[Prompt]] = {}
    for prompt in revisions:
        found.setdefault(prompt.prompt_id, []).append(prompt)
    return {prompt_id: _life(told) for prompt_id, told in found.items()}


def _life(told: list[Prompt]) -> _Life:
    newest = told[-1]
    reasons = [reason for prompt in told for reason in prompt.reasons]
    asked = Asked(
        prompt_id=newest.prompt_id,
        family=newest.family,
        kind=newest.kind,
        team=newest.team,
        raised_on=date_of(local_day(to_moment(newest.raised_at))),
        questions=tuple(dict.fromkeys(prompt.question for prompt in told)),
        rules=tuple(dict.fromkeys(str(reason.rule.id) for reason in reasons if reason.rule is not None)),
        reasons=tuple(dict.fromkeys(reason.text for reason in reasons)),
    )
    closed = [to_moment(prompt.updated_at) for prompt in told if prompt.status == "closed"]
    begins = to_moment(newest.raised_at)
    ends = max([to_moment(newest.due_at), *closed])
    return _Life(asked, begins, max(ends, begins + 1))


def _pair_by_family(left: list[_Life], over: list[_Life]) -> tuple[list[tuple[_Life, _Life]], list[_Life], list[_Life]]:
    """Pair what asks about one family at one time, each once, the earliest first."""
    pairs: list[tuple[_Life, _Life]] = []
    waiting: dict[tuple[FamilyId, PromptKind], list[_Life]] = {}
    for one in sorted(over, key=lambda one: one.place):
        waiting.setdefault((one.asked.family, one.asked.kind), []).append(one)
    alone: list[_Life] = []
    for one in sorted(left, key=lambda one: one.place):
        of_family = waiting.get((one.asked.family, one.asked.kind), [])
        other = next((candidate for candidate in of_family if one.meets(candidate)), None)
        if other is None:
            alone.append(one)
        else:
            of_family.remove(other)
            pairs.append((one, other))
    return pairs, alone, [one for lives in waiting.values() for one in lives]


def _say(first: Asked, second: Asked) -> OtherWords | None:
    """What the two say that the other does not; None if they ask and say the same."""
    said, also = dict.fromkeys(first.reasons), dict.fromkeys(second.reasons)
    if said.keys() == also.keys() and set(first.questions) == set(second.questions):
        return None
    return OtherWords(
        first=first,
        second=second,
        only_first=tuple(text for text in said if text not in also),
        only_second=tuple(text for text in also if text not in said),
    )
