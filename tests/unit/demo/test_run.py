"""Every way in which a demo may end early is one sentence and an exit code."""

from pathlib import Path

import pytest
from kafka.errors import KafkaTimeoutError

from streams.demo.ended import FAILED, INTERRUPTED, WRONG_SETTING, DemoEnded
from streams.demo.folder import DemoFolder
from streams.demo.pacing import NothingMoves
from streams.demo.reading import TopicUnreadable
from streams.demo.run import tell_every_end
from streams.demo.workers import WorkerGaveUp
from streams.kafka.admin import BrokerAwayError, TopicRefusedError
from streams.kafka.unavailable import KafkaUnavailable
from streams.simulator.publisher import PublishError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (KafkaUnavailable("Java cannot be had"), WRONG_SETTING),
        (BrokerAwayError("No broker answered."), WRONG_SETTING),
        (TopicRefusedError("The broker refused a topic."), WRONG_SETTING),
        (WorkerGaveUp("desk-0 ended."), FAILED),
        (NothingMoves("Nothing moves."), FAILED),
        (TopicUnreadable("A topic could not be read."), FAILED),
        (PublishError("A record was not sent."), FAILED),
        (KafkaTimeoutError("a text of the client's"), FAILED),
        (KeyboardInterrupt(), INTERRUPTED),
    ],
)
def test_an_early_end_is_told_in_one_sentence_with_its_code(error: BaseException, code: int, tmp_path: Path) -> None:
    with pytest.raises(DemoEnded) as ended, tell_every_end(DemoFolder(tmp_path)):
        raise error
    assert ended.value.code == code
    assert len(str(ended.value).splitlines()) == 1
    assert "client's" not in str(ended.value)
    if code != WRONG_SETTING:
        assert str(tmp_path) in str(ended.value)


def test_without_kafka_the_way_out_is_told(tmp_path: Path) -> None:
    with pytest.raises(DemoEnded, match="EARLYWORD_BROKER=host:port"), tell_every_end(DemoFolder(tmp_path)):
        raise KafkaUnavailable("Java cannot be had")


def test_a_fault_of_ours_is_not_hidden(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), tell_every_end(DemoFolder(tmp_path)):
        raise ZeroDivisionError
