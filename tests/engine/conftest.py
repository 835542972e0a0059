"""What the engine's tests ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.bench import Bench
from tests.engine.wire import Wire


@pytest.fixture
def wire(kafka: Any) -> Iterator[Wire]:
    """The shared broker, seen by a client of its own."""
    wire = Wire(kafka.bootstrap)
    yield wire
    wire.close()


@pytest.fixture
def bench(wire: Wire, tmp_path: Path) -> Callable[..., Bench]:
    """Make an example group: `bench(poll=500, ...)`, the options of its Job."""
    return lambda **options: Bench(wire, tmp_path, **options)
