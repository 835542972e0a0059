"""What was read back from the topics so far: fed by the counting after the replay, and by the live part after that."""

from __future__ import annotations

from typing import Any, TypeAlias

from kafka import TopicPartition
from msgspec import Struct

from models.intake.listening import Verdict
from schemas.prompts import Prompt
from schemas.wire.dead_letter_v1 import Reason
from streams.demo.balance import Balance, Letters, Listener, Place, draw_up
from streams.demo.prompts import Prompts
from streams.topics import DEAD_LETTERS, PROMPTS, STATEMENTS

READ = (STATEMENTS, DEAD_LETTERS, PROMPTS)


class Answered(Struct, frozen=True):
    """What became of a partner's record."""

    place: Place
    answer: Verdict | Reason


class Revised(Struct, frozen=True):
    """A prompt's new revision, and the one before it; None for a new prompt."""

    before: Prompt | None
    prompt: Prompt


News: TypeAlias = Answered | Revised | None


class Told:
    """Listener, letters and prompts, and up to where each partition was read."""

    def __init__(self) -> None:
        self.listener = Listener()
        self.letters = Letters()
        self.prompts = Prompts()
        self.positions: dict[TopicPartition, int] = {}

    def take(self, record: Any) -> News:
        """Take one record of a topic of ``READ``."""
        self.positions[TopicPartition(record.topic, record.partition)] = record.offset + 1
        if record.topic == STATEMENTS:
            said = self.listener.take(record.key, record.value)
            return None if said is None else Answered(said, self.listener.verdicts[said])
        if record.topic == DEAD_LETTERS:
            lettered = self.letters.take(record.key, record.value, record.headers)
            return None if lettered is None else Answered(lettered, self.letters.reasons[lettered])
        revised = self.prompts.take(record.value)
        return None if revised is None else Revised(*revised)

    def balance(self, published: int) -> Balance:
        """The balance of all that was read, with so many records published."""
        return draw_up(published, self.listener, self.letters)
