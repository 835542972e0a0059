"""What lies on ``earlyword.prompts.v1``: every revision whole, folded into what a duty team had before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from schemas.prompts import Prompt
from streams.codecs import read_prompt


class PromptTally(Struct, frozen=True, kw_only=True):
    """The prompts of a replay in numbers. ``by_rule`` counts a prompt once for each rule that ever was among its
    reasons; ``of_several_agencies`` those whose facts came from two agencies or more."""

    prompts: int
    revisions: int
    by_rule: dict[str, int]
    by_status: dict[str, int]
    of_several_agencies: int

    @property
    def share_of_several(self) -> float:
        """The share that rests on what two or more agencies said, 0 to 1; 0 without prompts."""
        return self.of_several_agencies / self.prompts if self.prompts else 0.0


class Prompts:
    """The prompts, as told so far."""

    def __init__(self) -> None:
        self._newest: dict[str, Prompt] = {}
        self._worked_on: dict[str, Prompt] = {}
        self._rules: set[tuple[str, str]] = set()
        self._revisions: set[tuple[str, int]] = set()

    def take(self, value: bytes | None) -> tuple[Prompt | None, Prompt] | None:
        """Take one record; the revision before it (None for the first) and its own, None if it tells nothing new."""
        if value is None:
            return None
        prompt = read_prompt(value)
        if (prompt.prompt_id, prompt.revision) in self._revisions:
            return None  # a crash repeats a revision, byte for byte
        self._revisions.add((prompt.prompt_id, prompt.revision))
        before = self._newest.get(prompt.prompt_id)
        self._newest[prompt.prompt_id] = prompt
        if prompt.status != "closed" and prompt.reasons:
            self._worked_on[prompt.prompt_id] = prompt
        self._rules |= {(prompt.prompt_id, reason.rule.id) for reason in prompt.reasons if reason.rule is not None}
        return before, prompt

    def tally(self) -> PromptTally:
        """All of them in numbers."""
        return PromptTally(
            prompts=len(self._newest),
            revisions=len(self._revisions),
            by_rule=dict(sorted(Counter(rule for _, rule in self._rules).items())),
            by_status=dict(sorted(Counter(str(prompt.status) for prompt in self._newest.values()).items())),
            of_several_agencies=sum(len(set(_agencies(prompt))) > 1 for prompt in self._newest.values()),
        )

    def choose(self) -> Prompt | None:
        """One to show in full, as it was when it could be worked on: the one in which most is brought together.

        That is what earlyword is for, and says nothing about the family. Of several the last raised.
        """
        return max(self._worked_on.values(), key=_brings_together, default=None)


def _brings_together(prompt: Prompt) -> tuple[int, int, int, str]:
    rules = {reason.rule for reason in prompt.reasons}
    return len(set(_agencies(prompt))), len(rules), len(prompt.speaks_against) > 0, prompt.raised_at.isoformat()


def _agencies(prompt: Prompt) -> Iterator[str]:
    return (fact.agency for reason in prompt.reasons for fact in reason.facts)
