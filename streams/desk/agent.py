"""The desk process: prompt actions and candidates to prompts.

Two agents. Prompt actions come keyed by prompt, so they are put in order with all else that happens to the desk first;
one agent alone writes the desk. A second process of the group is its standby.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.desk.policy import DeskPolicy
from models.desk.revising import RefusedAction
from schemas.events import ACTIONS_LOG, Origin
from schemas.wire.dead_letter_v1 import Reason
from streams.codecs import write_json
from streams.delivery import Sent
from streams.desk.actions import rekey
from streams.desk.step import DeskInHand, Published, step
from streams.engine import Batch, EngineApp, batch_table, raw_topic, settle
from streams.setting_aside import set_aside
from streams.topics import DESK_EVENTS, PROMPT_ACTIONS

NAME = "earlyword-desk"
TABLE = "desks"


class _Action:
    """A prompt action that the desk handed back, with the coordinates of its record."""

    def __init__(self, refused: RefusedAction, origin: Origin) -> None:
        self.topic = PROMPT_ACTIONS
        self.partition = origin.log - ACTIONS_LOG
        self.offset = origin.offset
        self.timestamp = refused.action.at // 1000
        self.key: bytes | None = refused.action.prompt_id.encode()
        self.value: bytes | None = write_json(refused.action)


def declare(app: EngineApp, policy: DeskPolicy, settled: Callable[[Batch, Published], None]) -> None:
    """Declare the topics, the table and the agents of the desk."""
    desks = batch_table(app, TABLE, partitions=1)
    in_hand = DeskInHand()

    @app.agent(raw_topic(app, PROMPT_ACTIONS), name="actions")
    async def order_actions(batches: Any) -> None:
        async for batch in batches:
            await settle(app, batch, rekey(batch))

    @app.agent(raw_topic(app, DESK_EVENTS, partitions=1), name="desk")
    async def watch(batches: Any) -> None:
        async for batch in batches:
            done = step(desks, batch, in_hand, policy, _set_aside_bug, _set_aside_action)
            await settle(app, batch, done.outputs, outputs_first=done.overflows)
            settled(batch, done)


def _set_aside_bug(record: Any) -> Sent:
    return set_aside(record, record.headers, Reason.HANDLER_BUG)


def _set_aside_action(refused: RefusedAction, origin: Origin) -> Sent:
    """An action that cannot be taken is kept where people see it; ``/action`` says that it is the action's doing."""
    return set_aside(_Action(refused, origin), (), Reason.SCHEMA, ("/action", f"/{refused.reason}"))
