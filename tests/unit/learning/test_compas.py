"""The reader of the peers' data, on a file made up in its shape; the data itself is `make peers`."""

from __future__ import annotations

import hashlib
import random
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest

from streams.evaluation.compas import MEMBER, CompasError, read_rows, read_wheel
from streams.evaluation.peers import compare, find_departures, main

COLUMNS = (
    "id,name,sex,race,age,juv_fel_count,decile_score,juv_misd_count,juv_other_count,priors_count,"
    "compas_screening_date,c_charge_degree,c_charge_desc,r_offense_date,vr_offense_date,v_decile_score,"
    "decile_score,priors_count"
)


def a_row(number: int, **said: object) -> str:
    made: dict[str, object] = {
        "id": number,
        "name": "made up",
        "sex": "-",
        "race": "-",
        "age": 30,
        "juv_fel_count": 0,
        "decile_score": 5,
        "juv_misd_count": 0,
        "juv_other_count": 0,
        "priors_count": 2,
        "compas_screening_date": "2013-03-01",
        "c_charge_degree": "F",
        "c_charge_desc": "Battery",
        "r_offense_date": "",
        "vr_offense_date": "",
        "v_decile_score": 3,
        **said,
    }
    return ",".join(str(made[name]) for name in COLUMNS.split(","))


def test_an_offence_within_the_horizon_is_the_label_and_waits_for_it() -> None:
    days = {"same": 0, "last": 90, "late": 91, "before": -1}
    rows = [a_row(n, r_offense_date=date(2013, 3, 1) + timedelta(days=after)) for n, after in enumerate(days.values())]
    compas = read_rows([COLUMNS, *rows], "any")
    assert [one.label for one in compas.examples] == [True, True, False, False]
    assert {(one.t_label or 0) - one.t_event for one in compas.examples} == {90}


def test_rows_of_the_months_that_lack_people_are_left_out() -> None:
    rows = [a_row(1, compas_screening_date="2014-04-01"), a_row(2, compas_screening_date="2014-03-31")]
    assert [one.id for one in read_rows([COLUMNS, *rows], "any").examples] == ["000002"]


def test_race_and_sex_change_nothing() -> None:
    plain = read_rows([COLUMNS, a_row(1)], "violent")
    assert read_rows([COLUMNS, a_row(1, race="x", sex="y", name="z")], "violent") == plain


def test_a_wheel_of_another_hash_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "other.whl"
    path.write_bytes(b"PK")
    with pytest.raises(CompasError, match="sha256"):
        read_wheel(path, "any")
    with pytest.raises(CompasError, match="not there"):
        read_wheel(tmp_path / "none.whl", "any")
    with pytest.raises(CompasError, match="does not hold"):
        read_wheel(path, "any", hashlib.sha256(b"PK").hexdigest())


def test_lines_of_another_file_are_refused_without_a_value() -> None:
    with pytest.raises(CompasError) as refused:
        read_rows([COLUMNS, a_row(1, compas_screening_date="secretvalue")], "any")
    assert "line 2" in str(refused.value)
    assert "secretvalue" not in str(refused.value)


def test_without_the_wheel_it_says_so_and_ends_with_two(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main([str(tmp_path / "none.whl")]) == 2
    assert "make peers" in capsys.readouterr().out


def test_the_whole_table_comes_from_a_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(1)
    rows = []
    for number in range(900):
        priors, day = dice.choice((0, 0, 1, 5, 15)), date(2013, 1, 1) + timedelta(days=number // 3)
        again = day + timedelta(days=30) if dice.random() < 0.05 + 0.03 * priors else ""
        rows.append(
            a_row(
                number,
                priors_count=priors,
                compas_screening_date=day,
                r_offense_date=again,
                vr_offense_date=again,
                decile_score=min(10, 1 + priors),
            )
        )
    path = tmp_path / "made-up.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(MEMBER, "\n".join([COLUMNS, *rows]) + "\n")
    with pytest.raises(CompasError):
        compare(path, "any")
    monkeypatch.setattr(
        "streams.evaluation.peers.read_wheel",
        lambda wheel, outcome: read_wheel(wheel, outcome, hashlib.sha256(path.read_bytes()).hexdigest()),
    )
    told = compare(path, "any")
    assert told.of("learner").average_precision > told.of("prevalence").average_precision
    assert told.of("vendor: any new offence").interval.low > 0
    assert find_departures(told)  # far easier than the real one: the guard must not call this as expected
