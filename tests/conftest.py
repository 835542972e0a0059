"""What every test may ask for: a local Apache Kafka, and how hard Hypothesis looks."""

import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# kafka-python 3.0 reads its message descriptions with a function that Python 3.11 and 3.12 deprecate, 3.13 does not.
DEPRECATED = r"(read|open)_text is deprecated"
# And it forgets to close a socket whose connection was refused, as happens when a test kills a broker.
REFUSED = r"Exception ignored in. <socket\.socket .*laddr=\('0\.0\.0\.0', \d+\)>"
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", DEPRECATED, DeprecationWarning)
    from streams.kafka.jars import DEFAULT_CACHE
    from streams.kafka.local import LocalKafka

settings.register_profile(
    "ci", derandomize=True, max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("quick", parent=settings.get_profile("ci"), max_examples=15)
settings.register_profile("nightly", parent=settings.get_profile("ci"), derandomize=False, max_examples=5_000)
settings.load_profile(os.environ.get("EARLYWORD_TEST_PROFILE", "ci"))

CACHE = Path(os.environ.get("EARLYWORD_CACHE", DEFAULT_CACHE))


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Excuse kafka-python, and nobody else, from warnings that are errors: in tests, and in the last sweep."""
    for message, kind, name in (
        (DEPRECATED, DeprecationWarning, "DeprecationWarning"),
        (REFUSED, pytest.PytestUnraisableExceptionWarning, "pytest.PytestUnraisableExceptionWarning"),
    ):
        config.addinivalue_line("filterwarnings", f"ignore:{message}:{name}")
        warnings.filterwarnings("ignore", message, kind)


@dataclass(frozen=True)
class GivenKafka:
    """A broker that somebody else runs; tests may use it, never stop it."""

    bootstrap: str


@pytest.fixture(scope="session")
def kafka_cache() -> Path:
    """The folder that holds Kafka's jars, for tests that start a broker of their own."""
    return CACHE


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafka | GivenKafka]:
    """One Apache Kafka for the whole session (each xdist worker its own): `kafka.bootstrap`.

    Its topics are shared: a test that needs an empty broker, or kills it, asks for `fresh_kafka`.
    EARLYWORD_TEST_BROKER=host:port uses a running one instead.
    """
    if given := os.environ.get("EARLYWORD_TEST_BROKER"):
        yield GivenKafka(given)
        return
    first = os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0"  # one of them leaves the archive for the rest
    with LocalKafka(tmp_path_factory.mktemp("kafka"), cache=CACHE, quicken=first) as local:
        yield local


@pytest.fixture(scope="module")
def fresh_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafka]:
    """An empty Apache Kafka for one module, which may kill, pause and restart it."""
    with LocalKafka(tmp_path_factory.mktemp("fresh-kafka"), cache=CACHE) as local:
        yield local
