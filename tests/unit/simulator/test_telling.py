"""The language of tables: what it says, and what it answers to a wrong table."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from streams.simulator.telling import TableError, tell, to_lines

START = date(2025, 9, 8)  # a Monday


def data_of(table: str) -> Any:
    return [event["data"] for event in tell(table, START)]


def test_a_line_becomes_a_whole_event_recorded_at_its_time_on_the_wall() -> None:
    (event,) = tell("+1 Tue 21:40 police ref=N1 child=A grade=green concerns=neglect,weapons", START)
    data: Any = event.pop("data")
    assert event == {
        "specversion": "1.0",
        "id": "story-001-1",
        "source": "https://systems.example/riverton-police",
        "type": "org.earlyword.police-notification.v1",
        "time": "2025-09-09T20:40:00+00:00",
    }
    assert data == {
        "notification_id": "N1",
        "occurrence_ref": "O-N1",
        "notice_type": "PPN",
        "occurred_at": "2025-09-09T20:40:00+00:00",
        "grade": "green",
        "concerns": ["neglect", "weapons"],
        "children": [
            {
                "identifiers": [{"scheme": "police-nominal", "value": "NOMINAL-A"}],
                "role": "subject",
                "present": False,
                "spoken_to": False,
            }
        ],
        "missing": None,
    }


def test_a_link_joins_every_identifier_of_each_child_and_names_the_family() -> None:
    links = data_of("+0 08:00 link child=A,B family=F1")
    assert [(link["link_id"], link["statement"], link["family"]) for link in links] == [
        ("C-A", "same-child", None),
        ("F-A", "in-family", "F1"),
        ("C-B", "same-child", None),
        ("F-B", "in-family", "F1"),
    ]
    assert [one["scheme"] for one in links[0]["child"]["identifiers"]] == [
        "la-child-id",
        "upn",
        "nhs-number",
        "police-nominal",
    ]


def test_marks_are_for_mondays_to_fridays_in_messages_of_at_most_twenty() -> None:
    messages = data_of("+20 16:00 marks child=A on=+0..+15 AM=O PM=/")
    marks = [mark for message in messages for mark in message["marks"]]
    assert [len(message["marks"]) for message in messages] == [20, 4]
    assert {mark["code"] for mark in marks if mark["session"] == "AM"} == {"O"}
    assert all(date.fromisoformat(mark["date"]).weekday() < 5 for mark in marks)
    (present,) = data_of("+5 16:00 marks child=A on=+5")
    assert [mark["code"] for mark in present["marks"]] == ["/", "\\"]


def test_a_retraction_is_the_whole_statement_and_again_is_the_same_bytes() -> None:
    said, taken_back, again = tell(
        """
        +0 08:00 outcome ref=X1 child=A kind=cin-plan-started   # a comment
        +1 08:00 outcome ref=X1 child=A kind=cin-plan-started on=+0 retract

        +1 08:05 again
        """,
        START,
    )
    assert isinstance(said["data"], dict)
    assert taken_back["data"] == {"action": "retract"} | said["data"]
    assert again == taken_back
    assert to_lines([said, again]).count(b"\n") == 2


def test_a_moment_is_by_the_clock_on_the_wall_in_summer_and_in_winter() -> None:
    summer, winter = tell("+0 12:00 link child=A\n+70 12:00 link child=A", START)
    assert [summer["time"], winter["time"]] == ["2025-09-08T11:00:00+00:00", "2025-11-17T12:00:00+00:00"]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("+0 08:00", "line 1: a line needs a day, a time and what is said"),
        ("+0 Tue 08:00 link child=A", "line 1: \\+0 is a Mon, not a Tue"),
        ("0 08:00 link child=A", "line 1: '0 08:00' is no time; write a day and a time as"),
        ("0 Mon 08:00 link child=A", "line 1: '0' is no day; write it as \\+3"),
        ("+0 8:00 link child=A", "line 1: '\\+0 8:00' is no time"),
        ("+0 24:00 link child=A", "line 1: '\\+0 24:00' is no time"),
        ("\n+0 08:00 shout child=A", "line 2: nobody says 'shout'; known are again, link"),
        ("+0 08:00 link child=A loudly", "'loudly' is neither a field"),
        ("+0 08:00 link child=A child=B", "child stands there twice"),
        ("+0 08:00 link family=F1", "child=... is missing"),
        ("+0 08:00 link child=a", "'a' is no child; children are A to Z"),
        ("+0 08:00 link child=A colour=red", "colour is no field of this line"),
        ("+0 08:00 marks child=A on=+5..+6", "'\\+5..\\+6' holds no Monday to Friday"),
        ("+0 08:00 marks child=A on=+5..6", "is no range of days"),
        ("+1 08:00 link child=A\n+0 08:00 link child=B", "line 2: its time is before that of the line above; say late"),
        ("+0 08:00 again", "nothing stands above it"),
        ("+0 08:00 police child=A", "ref=... is missing"),
    ],
)
def test_a_wrong_table_says_where_and_what_to_change(table: str, says: str) -> None:
    with pytest.raises(TableError, match=says):
        tell(table, START)


def test_what_is_said_to_be_late_may_go_back_in_time() -> None:
    later, earlier = tell("+3 08:00 link child=A\n+1 08:00 link child=B late", START)
    assert str(earlier["time"]) < str(later["time"])
