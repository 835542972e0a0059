"""A broker of its own for each oracle: their topics are fixed, so two of them cannot share one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.kafka.local import LocalKafka
from tests.conftest import CACHE


@pytest.fixture
def kafka_of_its_own(tmp_path: Path) -> Iterator[str]:
    """The address of an empty Apache Kafka."""
    with LocalKafka(tmp_path / "kafka", cache=CACHE) as local:
        yield local.bootstrap
