"""The learner: River's, where it keeps our promises, and ours where it does not."""

from __future__ import annotations

import inspect
import json
import math
import os
import random
import subprocess
import sys
import threading

import pytest
from msgspec.structs import replace
from river import linear_model, optim

from models.learning.examples import UnfitExampleError
from models.learning.learner import INTERCEPT, ExactLogisticRegression, Learner, SignedFTRL, learn
from models.learning.scorer import Scorer
from models.learning.snapshot import Snapshot, UnsoundSnapshotError, begin, read_snapshot
from models.learning.specification import FTRL, Feature, Specification, UnsoundSpecificationError
from models.transforms import Flag
from tests.unit.learning.making import MADE_BY, WIDTH, a_specification, throw_vectors


def taught(seed: int = 1, rows: int = 300, signs: tuple[int, ...] = ()) -> Snapshot:
    return learn(begin(a_specification(signs=signs), MADE_BY), throw_vectors(seed, rows))


def test_who_has_learned_nothing_says_the_registered_prevalence() -> None:
    scorer = Scorer(begin(a_specification(prevalence=0.03), MADE_BY))
    assert scorer.score((0.0,) * WIDTH) == pytest.approx(0.03, abs=1e-15)
    assert scorer.score((1.0,) * WIDTH) == scorer.score((0.0,) * WIDTH)


def test_one_example_moves_a_fresh_weight_by_at_most_the_published_bound() -> None:
    snapshot = learn(begin(a_specification(prevalence=1e-9), MADE_BY), [((1.0,) * WIDTH, True)])
    assert all(0.24 < weight <= 0.25 for weight in snapshot.body.weights.values())
    assert 0.24 < snapshot.body.intercept - snapshot.body.specification.starting_intercept <= 0.25 + 0.02


def test_the_learner_sees_the_scorers_bits_after_every_example() -> None:
    learner = Learner(begin(a_specification(), MADE_BY))
    for vector, label in throw_vectors(3, 200):
        assert learner.score(vector) == Scorer(learner.freeze()).score(vector)
        learner.learn_one(vector, label)


def test_the_scorer_says_what_rivers_own_prediction_with_these_weights_says() -> None:
    snapshot = taught(4, 200)
    scorer = Scorer(snapshot)
    exact, plain = (
        of(initializer=optim.initializers.Zeros(), intercept_init=snapshot.body.intercept)
        for of in (ExactLogisticRegression, linear_model.LogisticRegression)
    )
    for model in (exact, plain):
        for name, weight in snapshot.body.weights.items():
            model._weights[name] = weight
    for vector, _ in throw_vectors(5, 200):
        row = {name: value for name, value in zip(snapshot.body.weights, vector, strict=True) if value}
        assert scorer.score(vector) == exact.predict_proba_one(row)[True]  # type: ignore[no-untyped-call]
        assert scorer.logit(vector) == pytest.approx(plain._raw_dot_one(row), abs=2e-15)


def test_what_scores_is_the_mean_of_the_optimisers_weights_later_ones_counting_more() -> None:
    """Against the mean written out: with power 3 the t-th counts as t (t + 1) (t + 2), divided by their sum."""
    specification = replace(a_specification(), ftrl=FTRL(averaging=3.0), intercept_lr=0.0)
    learner, steps, names = Learner(begin(specification, MADE_BY)), [], [one.name for one in specification.features]
    for vector, label in throw_vectors(12, 150):
        learner.learn_one(vector, label)
        steps.append({**dict.fromkeys(names, 0.0), **learner._model.weights})
    shares = [t * (t + 1) * (t + 2) for t in range(1, 151)]
    body = learner.freeze().body
    for name, weight in body.weights.items():
        expected = sum(share * step[name] for share, step in zip(shares, steps, strict=True)) / sum(shares)
        assert weight == pytest.approx(expected, abs=1e-12)
    departed = sum(share * step[INTERCEPT] for share, step in zip(shares, steps, strict=True)) / sum(shares)
    assert body.intercept == pytest.approx(specification.starting_intercept + departed, abs=1e-12)


def test_the_intercept_follows_a_base_rate_that_changes() -> None:
    """The mean alone lags: 1,000 examples after 5 % became 15 % it says .11."""
    for seed in range(4):
        dice = random.Random(seed)
        learner = Learner(begin(a_specification(prevalence=0.05), MADE_BY))
        for number in range(5000):
            learner.learn_one((0.0,) * WIDTH, dice.random() < (0.05 if number < 4000 else 0.15))
        assert 0.12 < learner.score((0.0,) * WIDTH) < 0.16


def test_the_order_of_features_in_a_row_changes_no_bit() -> None:
    names = [f"f{number}" for number in range(WIDTH)]

    def told(shuffle: random.Random | None) -> tuple[object, ...]:
        optimiser = SignedFTRL(1.0, 1.0, 0.0, 2.0, dict.fromkeys(names, 0))
        model = ExactLogisticRegression(optimizer=optimiser, intercept_lr=0.05)
        for vector, label in throw_vectors(6, 400):
            pairs = list(zip(names, vector, strict=True))
            if shuffle:
                shuffle.shuffle(pairs)
            model.learn_one(dict(pairs), label)
        return (model.intercept, *(model.weights[name] for name in names))

    assert told(None) == told(random.Random(1)) == told(random.Random(2))


def test_signs_are_kept_after_any_example() -> None:
    signs = (-1, 1, -1, 1, 1, -1)
    learner = Learner(begin(a_specification(signs=signs), MADE_BY))
    stopped = 0
    for vector, label in throw_vectors(7, 300):
        learner.learn_one(vector, label)
        weights = learner.freeze().body.weights
        for number, sign in enumerate(signs):
            assert weights[f"f{number}"] * sign >= 0
        stopped += learner._model.weights.get("f0") == 0
    assert stopped > 200  # f0 raises the odds, and may only lower them
    assert -0.01 < weights["f0"] <= 0


def test_reasons_sum_to_the_logit_exactly() -> None:
    scorer = Scorer(taught())
    for vector, _ in throw_vectors(8, 200):
        reasons = [one.value for one in scorer.contributions(vector)]
        intercept = scorer.logit((0.0,) * WIDTH)
        assert math.fsum((intercept, *reasons)) == scorer.logit(vector)
        raising, lowering = scorer.explain(vector)
        assert len(raising) <= 3
        assert all(one.value > 0 for one in raising)
        assert all(one.value < 0 for one in lowering)


def test_scoring_does_not_learn() -> None:
    snapshot = taught()
    learner, before = Learner(snapshot), snapshot.version
    for vector, _ in throw_vectors(9, 100):
        learner.score(vector)
        Scorer(snapshot).score(vector)
    assert learner.freeze().version == before


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 4.5, -5.0])
def test_a_number_that_would_spoil_the_model_is_refused_and_nothing_learned(bad: float) -> None:
    learner = Learner(taught())
    before = learner.freeze().version
    with pytest.raises(UnfitExampleError) as refused:
        learner.learn_one((bad, *(1.0,) * (WIDTH - 1)), True)
    assert str(bad) not in str(refused.value)
    assert learner.freeze().version == before


@pytest.mark.parametrize("label", [1, 0, 2, -1, "true", None, 1.0])
def test_only_an_exact_bool_is_a_label(label: object) -> None:
    learner = Learner(taught())
    with pytest.raises(UnfitExampleError):
        learner.learn_one((1.0,) * WIDTH, label)  # type: ignore[arg-type]


def test_a_feature_without_a_name_is_refused() -> None:
    """The optimiser knows the intercept by no name."""
    with pytest.raises(UnsoundSpecificationError):
        Specification(name="made-up", features=(Feature(name=INTERCEPT, transform=Flag()),), prevalence=0.1)


def test_a_vector_of_another_width_is_refused() -> None:
    with pytest.raises(UnfitExampleError):
        Learner(taught()).learn_one((1.0,), True)
    with pytest.raises(UnfitExampleError):
        Learner(taught()).score((1.0,))
    with pytest.raises(ValueError, match="not of this specification"):
        Scorer(taught()).score((1.0,))


def test_a_snapshot_read_back_has_equal_bytes_and_scores() -> None:
    snapshot = taught(rows=500)
    again = read_snapshot(snapshot.bytes, snapshot.version)
    assert again.bytes == snapshot.bytes
    for vector, _ in throw_vectors(10, 100):
        assert Scorer(again).score(vector) == Scorer(snapshot).score(vector)


def test_two_thousand_more_examples_after_a_reload_give_equal_bytes() -> None:
    snapshot, more = taught(rows=500), throw_vectors(11, 2000)
    assert learn(read_snapshot(snapshot.bytes, snapshot.version), more).bytes == learn(snapshot, more).bytes


def test_another_process_with_another_hash_seed_learns_the_same_hash() -> None:
    told = "from tests.unit.learning.test_learner import taught; print(taught(rows=200).version)"
    other = subprocess.run(
        [sys.executable, "-c", told],
        env={**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)},
        capture_output=True,
        check=True,
        text=True,
    )
    assert other.stdout.strip() == taught(rows=200).version


def test_a_closed_day_names_the_closed_day_before_as_its_parent() -> None:
    learner = Learner(begin(a_specification(), MADE_BY))
    start = learner.freeze()
    for vector, label in throw_vectors(12, 50):
        learner.learn_one(vector, label)
    first = learner.close_day(10)
    assert first.body.parent == start.version
    assert learner.freeze() == first
    second = learner.close_day(11)
    assert second.body.parent == first.version
    with pytest.raises(ValueError, match="stays closed"):
        learner.close_day(11)


def test_a_spoiled_snapshot_is_refused() -> None:
    snapshot = taught(signs=(1, 0, 0, 0, 0, 0))
    told = json.loads(snapshot.bytes)

    def refused(**changed: object) -> str:
        from models.learning.canonical import hash_of, to_canonical

        body = to_canonical({**told, **changed})
        with pytest.raises(UnsoundSnapshotError) as error:
            read_snapshot(body, hash_of(body))
        return str(error.value)

    assert "unknown key" in refused(shadow=1)
    assert "sign" in refused(weights={**told["weights"], "f0": -0.5})
    assert "weights" in refused(weights={"f0": 0.5})
    assert "specification" in refused(specification={**told["specification"], "prevalence": 0.5})
    assert "counts" in refused(positives=told["learned"] + 1)
    assert "squares" in refused(optimiser={**told["optimiser"], "intercept_n": -1.0})
    assert "squares" in refused(optimiser={**told["optimiser"], "n": {**told["optimiser"]["n"], "f1": -1.0}})
    with pytest.raises(UnsoundSnapshotError, match="hash"):
        read_snapshot(snapshot.bytes, "0" * 16)
    spaced = json.dumps(told, sort_keys=True).encode()
    from models.learning.canonical import hash_of

    with pytest.raises(UnsoundSnapshotError, match="canonically"):
        read_snapshot(spaced, hash_of(spaced))


def test_a_number_without_value_cannot_be_written_down() -> None:
    spoiled = Snapshot(replace(taught().body, intercept=math.nan))
    with pytest.raises(ValueError, match="JSON"):
        _ = spoiled.bytes


def test_scorers_in_threads_say_what_their_version_says() -> None:
    snapshots = [taught(rows=rows) for rows in (50, 100, 150)]
    vectors = [vector for vector, _ in throw_vectors(13, 200)]
    expected = {one.version: [Scorer(one).score(vector) for vector in vectors] for one in snapshots}
    current, wrong = [Scorer(snapshots[0])], []

    def ask() -> None:
        for _ in range(10):
            for place, vector in enumerate(vectors):
                scorer = current[0]
                if scorer.score(vector) != expected[scorer.version][place]:
                    wrong.append(place)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        for snapshot in snapshots:
            current[0] = Scorer(snapshot)
    for thread in threads:
        thread.join()
    assert not wrong


def test_rivers_private_names_that_we_override_are_still_the_ones_it_calls() -> None:
    assert list(inspect.signature(optim.FTRLProximal._step_with_dict).parameters) == ["self", "w", "g"]
    assert "_raw_dot_one(x)" in inspect.getsource(linear_model.LogisticRegression.predict_proba_one)
    assert "_raw_dot_one(x)" in inspect.getsource(linear_model.LogisticRegression._eval_gradient_one)


def test_rivers_own_ftrl_lags_by_one_example_and_ours_does_not() -> None:
    river = linear_model.LogisticRegression(optim.FTRLProximal(0.3, 1.0, 0.0, 0.1))
    river.learn_one({"flag": 1.0}, True)
    assert river.weights.get("flag", 0.0) == 0.0
    ours = ExactLogisticRegression(optimizer=SignedFTRL(0.3, 1.0, 0.0, 0.1, {"flag": 0}))
    ours.learn_one({"flag": 1.0}, True)
    assert ours.weights["flag"] > 0.07
