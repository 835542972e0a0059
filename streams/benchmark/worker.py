"""A measured process: `python -m streams.benchmark.worker <task> <notes> [...]`, with settings from the environment.

The three stages are the product's own, put together as their commands do it; a notebook listens beside health and
metrics. The rest is what they are compared with.
"""

from __future__ import annotations

import sys
from pathlib import Path

from streams.benchmark.notes import Notebook
from streams.engine import EngineApp
from streams.engine.progress import EngineEvent
from streams.serve import Build, collect_seldom, serve
from streams.settings import Settings, read_settings
from streams.watch import Watch


def main(task: str, notes: str, *arguments: str) -> None:
    """Do one task."""
    collect_seldom()  # as the stages do; so does whoever they are compared with
    settings = read_settings()
    notebook = Notebook(Path(notes))
    match task:
        case "families":
            from streams.families.process import build as build_families

            serve(settings, task, _overheard(build_families, notebook))
        case "intake":
            from streams.intake.process import build as build_intake

            serve(settings, task, _overheard(build_intake, notebook), reads_links=True)
        case "desk":
            from streams.desk.process import build as build_desk

            serve(settings, task, _overheard(build_desk, notebook), stands_by=True)
        case "core":
            from streams.benchmark.core import measure_core

            measure_core(settings, notebook, int(arguments[0]))
        case "faust-per-event":
            from streams.benchmark.per_event_faust import measure_faust

            measure_faust(settings, notebook, int(arguments[0]), arguments[1])
        case "quix":
            from streams.benchmark.on_quix import measure_quix

            measure_quix(settings, notebook, int(arguments[0]), arguments[1], Path(arguments[2]))
        case _:
            sys.exit(f"no task {task}")


def _overheard(build: Build, notebook: Notebook) -> Build:
    """The same process, with the notebook listening."""

    def build_and_listen(settings: Settings, watch: Watch) -> EngineApp:
        listener = watch.listener

        def both(event: EngineEvent) -> None:
            notebook.hear(event)
            listener(event)

        watch.listener = both
        return build(settings, watch)

    return build_and_listen


if __name__ == "__main__":
    main(*sys.argv[1:])
