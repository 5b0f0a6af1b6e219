"""What is expected of the shipped data: claims, comparisons, the papers' figures."""

from pathlib import Path

import pytest

from tests.training.report.conftest import row
from training.config import option_names, read_toml
from training.frameworks import FRAMEWORKS
from training.measure.figures import COMPARE, columns
from training.report import expectations
from training.report.expectations import (
    EXPECTED,
    Claim,
    Expected,
    Printed,
    applicable,
    checked,
    expected,
    is_true,
    results,
    with_ours,
)

FACES = EXPECTED["celeba64-valid-00.zip"].claims


@pytest.mark.parametrize("kind", EXPECTED)
def test_what_is_expected_speaks_of_what_there_is(kind):
    shown = [figure.name for figure in columns(COMPARE)]
    texts = [claim.holds for claim in EXPECTED[kind].claims]
    for text in (*texts, *(printed.of for printed in EXPECTED[kind].printed)):
        assert results(text)
        for of in results(text):
            assert of.system in FRAMEWORKS and of.figure in shown
            options = option_names(FRAMEWORKS[of.system].Options)
            assert not of.option or of.option in options
    assert {checked(c, [])["outcome"] for c in EXPECTED[kind].claims} == {"not measured"}
    every = [row(of.system, {of.option: of.value}) for text in texts for of in results(text)]
    measured = [{**each, "figures": dict.fromkeys(shown, 0.5)} for each in every]
    outcomes = {checked(claim, measured)["outcome"] for claim in EXPECTED[kind].claims}
    assert outcomes <= {"confirmed", "contradicted"}  # each is a comparison


def test_whatever_the_file_of_expectations_says_is_of_known_data():
    content = read_toml(Path(expectations.__file__).with_suffix(".toml"))
    for each in (*content["claims"], *content["printed"]):
        assert each["on"] and set(each["on"]) <= content["data"].keys()


@pytest.mark.parametrize(
    ("comparison", "outcome"),
    [
        ("3 > 2", True),
        ("2 > 2.0", False),
        ("2 >= 2", True),
        ("1e-05 <= 0", False),
        ("3 > 2, 1", True),
        ("3 > 2, 4", False),
        ("1, 2 < 3, 2.5", True),
        ("1 < 2 < 3", True),
        ("1 < 3 < 2", False),
        ("0.5 / 2 >= 0.25", True),
        ("0.3 > nan", False),
    ],
)
def test_a_comparison_is_true_or_not(comparison, outcome):
    assert is_true(comparison) is outcome


@pytest.mark.parametrize("text", ["", "3", "3 = 3", "a > b", "3 > ", "print() > 3"])
def test_what_is_no_comparison_is_refused(text):
    with pytest.raises(ValueError):
        is_true(text)


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_expected_goes_by_the_shipped_data(name):
    assert expected((name,)) is EXPECTED[name] and EXPECTED[name].claims
    assert expected((f"../a/{name}", name)) is EXPECTED[name]
    assert expected((name, "my-cats.zip")) == Expected()


@pytest.mark.parametrize(
    "source",
    [
        "my-cats.zip",
        "pictures",
        "celeba64-cats.zip",
        "my-digits.zip",
        "cifar100.zip",
        "digits/",
        "",
    ],
)
def test_of_anyones_own_data_nothing_is_expected(source, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "digits").mkdir()
    assert expected((source,)) == Expected()
    assert expected(()) == Expected()


def test_the_papers_figures_stand_beside_ours():
    printed = Printed("aaae.mse", "0.053", "table I, on [-1, 1]", unit=4)
    found = with_ours(printed, [row("wae", mse=0.01), row("aaae", mse=0.02)])
    assert (found["system"], found["value"], found["ours"]) == ("AAAE", 0.01325, 0.02)
    assert with_ours(printed, [row("wae", mse=0.01)]) is None


@pytest.mark.parametrize(
    ("rows", "outcome"),
    [
        ([row("aegan", dhash=0.8), row("inverse", dhash=0.7)], "not measured"),
        ([row(n, dhash=v) for n, v in (("bigan", 0.6), ("inverse", 0.7), ("aegan", 0.8))], "yes"),
        ([row(n, dhash=v) for n, v in (("bigan", 0.6), ("inverse", 0.8), ("aegan", 0.7))], "no"),
    ],
)
def test_a_claim_is_confirmed_or_contradicted_by_figures(rows, outcome):
    claim = Claim("in this order", "aegan.dhash > inverse.dhash > bigan.dhash")
    found = checked(claim, rows)
    outcomes = {"yes": "confirmed", "no": "contradicted"}
    assert found["outcome"] == outcomes.get(outcome, outcome)
    assert len(found["figures"]) == len(rows)
    assert {each["system"] for each in found["figures"]} == {each["title"] for each in rows}


def test_claims_about_systems_that_a_set_does_not_have_are_left_out():
    pair = [row("faae"), row("aae")]
    words = [claim.words for claim in applicable(FACES, pair)]
    assert words and not any("BiGAN" in each or "VAE" in each for each in words)
    assert applicable(FACES, [row("aae")]) == []
    every = [row(name) for name in FRAMEWORKS]
    assert applicable(FACES, every) == [*FACES]


def test_a_claim_of_one_prior_is_not_checked_on_another():
    gaussians = EXPECTED["mnist-test.zip"].claims[-1]
    roll = row("aae-labels", {"prior": "swiss-roll"}, class_share=0.5)
    ring = row("aae-labels", {"prior": "mixture"})
    assert checked(gaussians, [roll, ring])["outcome"] == "not measured"
    ring["figures"]["class_share"] = 0.95
    assert checked(gaussians, [roll, ring])["outcome"] == "confirmed"
