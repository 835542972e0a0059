"""What every worker process does before and beside its agents: check the topics, serve health, tick, run.

Wrong settings and wrong topics end the start with one sentence; a broker that is away is waited for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from models.calendar.local_time import local_day
from models.family.reviews import reviews_due
from models.family.rules import RulePack, parse_pack
from schemas.events import FamilyRecord, TimePassed
from schemas.hub import Hub
from schemas.identifiers import Day, Moment
from streams.engine import EngineApp, EngineSettings, MutualTls, Scram
from streams.engine.ticks import Clock, Heartbeats, Ticker, wall_clock
from streams.logs import get_logger
from streams.settings import Settings, SettingsError

TICK_SECONDS = 60.0
STREAM_TICK_SECONDS = 1.0
"""In a replay time runs faster than on the wall, so partitions are told more often."""
HEARTBEAT_SECONDS = 3_600.0
"""Well below ``max.compaction.lag.ms`` of a day: erasure waits for it."""
TICK_KEY = b"__tick"

_encode = msgspec.msgpack.Encoder().encode


def engine_settings(settings: Settings) -> EngineSettings:
    """The engine's settings as the environment gives them."""
    return EngineSettings(
        brokers=settings.broker,
        instance=settings.instance,
        security=_security(settings),
        session_seconds=settings.session_seconds,
        heartbeat_seconds=min(3.0, settings.session_seconds / 6),
        rebalance_seconds=settings.session_seconds,
        commit_seconds=settings.commit_seconds,
        poll_records=settings.poll_records,
    )


class StreamClock:
    """The newest moment that each partition was told, for replays; the wall otherwise does not matter."""

    def __init__(self) -> None:
        self._newest: dict[int, Moment] = {}

    def note(self, partition: int, moment: Moment) -> None:
        """A batch of this partition reached up to this moment."""
        if moment > self._newest.get(partition, 0):
            self._newest[partition] = moment

    def __call__(self, partition: int) -> int | None:
        newest = self._newest.get(partition)
        return None if newest is None else newest // 1000


def clock_of(settings: Settings, stream: StreamClock) -> tuple[Clock, float]:
    """What time it is for a partition, and how often it is told."""
    return (wall_clock, TICK_SECONDS) if settings.clock == "wall" else (stream, STREAM_TICK_SECONDS)


def tick(
    app: EngineApp, topic: str, settings: Settings, stream: StreamClock, wrap: Callable[[TimePassed], bytes]
) -> None:
    """Tell each partition of a topic that is ours the time, again and again, and keep the changelogs moving."""
    clock, seconds = clock_of(settings, stream)
    told: dict[int, int] = {}

    def make(partition: int, now: int) -> Iterable[tuple[bytes | None, bytes]]:
        if told.get(partition) == now:
            return []  # in a replay time stands still when nothing comes
        told[partition] = now
        return [(TICK_KEY, wrap(TimePassed(Moment(now * 1000))))]

    app.accompany(Ticker(app, topic, seconds, make, clock=clock).run)
    app.accompany(Heartbeats(app, HEARTBEAT_SECONDS).run)


def as_family_record(event: TimePassed) -> bytes:
    """The passing of time as families and statements are told it."""
    return _encode(FamilyRecord(None, event))


def read_pack(path: Path | None = None, hub: Hub | None = None) -> RulePack:
    """The rule pack in this file, by default the one that comes with earlyword, with the school days of this hub.

    Raises RulePackError, SettingsError.
    """
    source = path or Path(__file__).parent.parent / "models" / "rules" / "default.toml"
    try:
        pack = parse_pack(source.read_text(encoding="utf-8"))
        return pack if hub is None else pack.with_schools(hub)
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"The rule pack {source.name} cannot be read as UTF-8 text; is it there?") from None


class Reviews:
    """Warns once a day of rules to be reviewed, and says which raise no more because nobody did.

    ``count`` is told how many are to be reviewed soon, and how many raise no more.
    """

    def __init__(self, pack: RulePack, count: Callable[[int, int], None] | None = None) -> None:
        self._pack = pack
        self._count = count
        self._told_on = Day(0)

    def tell(self, now: Moment) -> None:
        """Log a line for each such rule, if this is a new day: its id, and the days that are left; and count them."""
        today = local_day(now)
        if today <= self._told_on:
            return
        self._told_on = today
        due = reviews_due(self._pack, today)
        over = sum(review.is_over for review in due)
        if self._count is not None:
            self._count(len(due) - over, over)
        for review in due:
            event = "rule_raises_no_more" if review.is_over else "rule_review_due"
            get_logger().warning(event, reason=review.rule, count=review.days_left)


def _security(settings: Settings) -> Scram | MutualTls | None:
    match settings.security:
        case "scram":
            password = settings.kafka_password.get_secret_value() if settings.kafka_password else ""
            return Scram(username=settings.kafka_user or "", password=password, ca_file=settings.kafka_ca_file)
        case "mutual-tls":
            if settings.kafka_ca_file and settings.kafka_certificate_file and settings.kafka_key_file:
                return MutualTls(
                    ca_file=settings.kafka_ca_file,
                    certificate_file=settings.kafka_certificate_file,
                    key_file=settings.kafka_key_file,
                )
            raise SettingsError("EARLYWORD_SECURITY mutual-tls needs a CA, a certificate and a key file.")
        case _:
            return None
