"""``earlyword learner`` with the made-up specification of the tests."""

from __future__ import annotations

from streams.learner.process import Assignment, learn
from streams.serve import serve_alone
from streams.settings import read_settings
from tests.unit.learning.rows import FEATURE_LIST, SPECIFICATION

if __name__ == "__main__":
    serve_alone(
        read_settings(),
        "learner",
        lambda settings, watch: learn(settings, watch, Assignment(SPECIFICATION, FEATURE_LIST)),
    )
