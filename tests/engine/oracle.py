"""The example worker's promise, computed sequentially from what was published."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from streams.engine.header import tombstone_guard, unpack
from streams.engine.highest import HighestGuard
from streams.engine.memory import TICK_PREFIX
from tests.engine.story import PROMPT_EVERY
from tests.engine.wire import Seen

FAMILIES = 500


def event(i: int) -> tuple[bytes, bytes]:
    """The i-th event of the live load: its family, and what happened."""
    return b"fam%06d" % (i * 7919 % FAMILIES), b'{"number":%d,"weight":%d}' % (i, i % 5)


@dataclass(frozen=True)
class Verdict:
    """What differs from the sequential calculation; all zero is the promise kept."""

    lost: int
    twice: int
    wrong_values: int
    prompts_missing: int
    prompts_wrong: int
    prompts_repeated: int
    """Not a broken promise: the same prompt under the same id."""

    @property
    def is_kept(self) -> bool:
        return not (self.lost or self.twice or self.wrong_values or self.prompts_missing or self.prompts_wrong)


def judge(
    changelog: Iterable[Seen],
    prompts: Iterable[Seen],
    sent: int,
    *,
    highest_guard: bool = True,
    record: Callable[[int], tuple[bytes, bytes]] = event,
) -> Verdict:
    """Compare what a recovery would find with the calculation."""
    counts: Counter[str] = Counter()
    values: dict[str, float] = {}
    expected = set()
    for i in range(sent):
        key, value = record(i)
        name = key.decode()
        counts[name] += 1
        values[name] = values.get(name, 0.0) * 0.9 + json.loads(value)["weight"]
        if counts[name] % PROMPT_EVERY == 0:
            expected.add(f"{name}:{counts[name]}")
    stories = {
        key.decode(): json.loads(unpack(row).payload)
        for key, row in recover(changelog, highest_guard=highest_guard).items()
    }
    told = Counter(json.loads(prompt.value or b"null") for prompt in prompts)
    found = {name: stories.get(name, {}).get("count", 0) for name in counts}
    return Verdict(
        lost=sum(max(0, counts[name] - found[name]) for name in counts),
        twice=sum(max(0, found[name] - counts[name]) for name in counts) + len(stories.keys() - counts.keys()),
        wrong_values=sum(
            1 for name, value in values.items() if abs(stories.get(name, {}).get("value", 0.0) - value) > 1e-9
        ),
        prompts_missing=len(expected - told.keys()),
        prompts_wrong=len(told.keys() - expected),
        prompts_repeated=sum(count - 1 for count in told.values()),
    )


def recover(changelog: Iterable[Seen], *, highest_guard: bool = True) -> dict[bytes, bytes]:
    """The rows that a worker would have after reading a changelog."""
    rows: dict[bytes, bytes] = {}
    truth = HighestGuard(rows, enabled=highest_guard)
    for record in changelog:
        assert record.key is not None
        if not record.key.startswith(TICK_PREFIX):
            truth.replay(record.key, record.value, tombstone_guard(record.headers))
    return rows


def count_stale(changelog: Iterable[Seen]) -> int:
    """Rows that lie behind one with a higher guard."""
    truth = HighestGuard({})
    return sum(
        not truth.replay(record.key, record.value, tombstone_guard(record.headers))
        for record in changelog
        if record.key is not None and not record.key.startswith(TICK_PREFIX)
    )
