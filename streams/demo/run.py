"""A whole demo: the year, the summary, the weeks after, and every way in which it may end."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from kafka.errors import KafkaError

from streams.demo.ended import FAILED, INTERRUPTED, WRONG_SETTING, DemoEnded
from streams.demo.folder import DemoFolder, open_folder
from streams.demo.live import go_on
from streams.demo.pacing import NothingMoves
from streams.demo.play import Asked, play
from streams.demo.reading import TopicUnreadable
from streams.demo.stages import Stages
from streams.demo.summary import as_json, open_screen, show
from streams.demo.workers import WorkerGaveUp
from streams.kafka.admin import BrokerAwayError, TopicRefusedError
from streams.kafka.unavailable import KafkaUnavailable
from streams.settings import Settings
from streams.simulator.publisher import PublishError


def run_demo(
    settings: Settings, asked: Asked, *, ends: bool, json_file: Path | None, folder: Path | None, keep: bool
) -> bool:
    """Run it; whether the balance held exactly and prompts were raised.

    ``ends``: no live part. Raises DemoEnded when it could not come to its end, SettingsError when it could not begin.
    """
    screen = open_screen()
    with open_folder(folder, keep=keep) as place, tell_every_end(place), Stages() as stages:
        with play(place, settings, stages, asked) as played:
            stages.close()
            show(played, screen)
            if json_file is not None:
                json_file.write_text(json.dumps(as_json(played.result), indent=2) + "\n", encoding="utf-8")
            holds = played.result.holds
            if not ends:
                holds = go_on(played, screen) and holds
        place.is_kept |= not holds
    return holds


@contextmanager
def tell_every_end(place: DemoFolder) -> Iterator[None]:
    """Turn whatever ends a demo early into a sentence and an exit code. Every process is stopped by then."""
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    except (KafkaUnavailable, BrokerAwayError, TopicRefusedError) as error:
        raise DemoEnded(str(error), WRONG_SETTING) from None
    except (WorkerGaveUp, NothingMoves, TopicUnreadable, PublishError) as error:
        raise DemoEnded(f"{error} Logs and data are in {place.path}.", FAILED) from None
    except KafkaError as error:
        told = f"The broker did not do what it was asked to ({type(error).__name__})."
        raise DemoEnded(f"{told} Logs and data are in {place.path}.", FAILED) from None
    except KeyboardInterrupt:
        raise DemoEnded(f"Interrupted; every process was stopped. See {place.path}.", INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, frame: object) -> NoReturn:
    """A polite end is the same as Ctrl-C."""
    raise KeyboardInterrupt
