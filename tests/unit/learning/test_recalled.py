"""Rows as a running hub wrote them down: those that a replay makes, in whatever order and however often they lie."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

from models.hub.sequence import Sequence
from models.learning.replayed import Replayed
from schemas.events import Origin
from schemas.examples import DayClosed, ExampleRecord, Matured, Scored
from schemas.identifiers import Day
from schemas.prompts import Prompt
from streams.evaluation.recalled import recall
from streams.evaluation.replaying import replay
from streams.hub import parse_hub
from streams.intake.pseudonyms import PUBLISHED_KEY
from streams.process import read_pack
from streams.simulator.arrivals import to_line
from streams.simulator.town import Town, arrivals
from tests.unit.learning.test_replayed import a_label, a_scoring


class Kept:
    """What lies on the topics."""

    def __init__(self, examples: Iterable[Scored | Matured | DayClosed], prompts: Iterable[Prompt] = ()) -> None:
        self._examples, self._prompts = tuple(examples), tuple(prompts)

    def prompts(self) -> Iterator[Prompt]:
        yield from self._prompts

    def examples(self) -> Iterator[ExampleRecord]:
        for offset, event in enumerate(self._examples):
            yield ExampleRecord(Origin(0, offset, 0), event)

    def body(self, version: str) -> bytes:
        raise NotImplementedError


def a_year() -> tuple[Sequence, Replayed]:
    town = Town(seed=3, families=40, days=380)
    lines = (to_line(arrival) for arrival in arrivals(town))
    rehearsal, replayed = replay(lines, parse_hub(town.hub()), read_pack(), PUBLISHED_KEY)
    return rehearsal.sequence, replayed


def test_what_was_recorded_is_what_a_replay_makes() -> None:
    sequence, replayed = a_year()
    assert sum(replayed.states.get(state, 0) for state in ("positive", "negative")) > 10
    assert replayed.rule_at
    told = [*sequence.examples, *sequence.examples[::3]]
    random.Random(5).shuffle(told)
    newest = list({prompt.prompt_id: prompt for prompt in sequence.revisions}.values())
    for prompts in (sequence.revisions, newest):  # the topic is compacted: the newest revision names every reason
        assert recall(Kept(told, prompts)) == replayed


def test_a_label_without_its_scoring_is_left_out_and_so_are_rows_of_another_list() -> None:
    other = {"feature_list": "another-list"}
    known = [a_scoring("x-1"), a_label("x-1")]
    more = [a_label("x-2"), a_scoring("x-3", **other), a_label("x-3", **other), DayClosed(0, Day(9))]
    assert recall(Kept([*more, *known])) == recall(Kept(known))
