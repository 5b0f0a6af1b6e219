"""One table of a set: what stands in it, what is not measured twice, and what was expected."""

import json
import re
import shutil
from pathlib import Path

import pytest
import torch
from huggingface_hub import ModelCard

from tests.training.conftest import config_of, draw
from training import __main__ as command_line
from training import checkpoints
from training.checkpoints import describe
from training.config import read_toml
from training.data import load
from training.frameworks import FRAMEWORKS
from training.measure.evaluate import evaluate, save
from training.measure.figures import COMPARE, MAIN, columns
from training.report import compare, expectations
from training.report.card import write_card
from training.report.compare import Request
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
from training.report.page import page
from training.report.tables import headings, renewed

ROOT = Path(__file__).parents[3]
FACES = EXPECTED["celeba64-valid-00.zip"].claims
TRAINED = {"images_seen": 1_830_400, "hours": 1.5, "hardware": "an abacus"}
ABOUT = {"training_images": 50_000, "epochs": 1.0, "torch": torch.__version__}
SYSTEMS = {"late": "vae", "early": "faae", "plain": "gan"}  # by names, not in their order


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A folder of `pictures`, a `table.csv` of them, and the checkpoints of `tiny`, compared."""
    place = tmp_path_factory.mktemp("made")
    (place / "pictures").mkdir()
    for index in range(20):
        draw(index).save(place / "pictures" / f"{index:02d}.png")
    rows = [f"{i:02d}.png,{i % 2},{int(i > 6)}" for i in range(20)]
    (place / "table.csv").write_text("\n".join(["file_name,Odd,Late", *rows]))
    images = load((str(place / "pictures"),), 32, attributes=str(place / "table.csv"))
    torch.manual_seed(0)
    for name, system in SYSTEMS.items():
        framework = FRAMEWORKS[system](config_of(system)).eval().requires_grad_(False)
        checkpoints.write(place / "tiny" / name, framework, TRAINED)
        if framework.encodes:
            checkpoints.write_latents(place / "tiny" / name, describe(framework, images))
    compare.compare(place / "tiny", request(place))
    return place


@pytest.fixture
def place(made, tmp_path) -> Path:
    return shutil.copytree(made, tmp_path / "made")


def request(place: Path, **others) -> Request:
    return Request((str(place / "pictures"),), **others)


def known(place: Path) -> dict:
    return json.loads((place / "tiny" / "compare.json").read_text())


def cells(text: str) -> dict[str, dict[str, str]]:
    """Of the first table, by system and column."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    header, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: dict(zip(header, row, strict=True)) for row in rows}


def forbid(monkeypatch, *names: str):
    def refuse(*_, **__):
        raise AssertionError(f"one of {names} was called")

    for name in names:
        monkeypatch.setattr(compare, name, refuse)


def test_there_is_a_row_a_system_in_the_registrys_order(made):
    rows = cells((made / "tiny" / "compare.md").read_text())
    assert list(rows) == ["F-AAE", "VAE", FRAMEWORKS["gan"].title]
    columns = {"MSE", "refined MSE", "code cycle", "sample cycle", "AUC", "labels", "images/s"}
    assert columns <= rows["VAE"].keys() and "class error" not in rows["VAE"]
    assert rows["VAE"]["images seen, million"] == "1.83"
    assert "–" not in rows["VAE"].values()
    text = (made / "tiny" / "compare.md").read_text()
    assert "On 20 images of pictures; refined by 50 steps on 20" in text
    assert "of 20 images with 2 attributes" in text
    assert "Trained on an abacus: F-AAE 1.5 hours, VAE 1.5 hours, " in text


def test_a_system_without_an_encoder_says_that_it_recovers(made):
    row = cells(page(known(made)))[FRAMEWORKS["gan"].title]
    assert row["codes by"] == "recovery"
    assert {column for column, cell in row.items() if cell == "–"} == {
        *("MSE", "PSNR", "SSIM", "sharpness", "code cycle", "sample cycle"),
        *("dHash", "AUC", "labels", "morph"),
    }
    assert float(row["refined MSE"].strip("*")) > 0


def test_the_best_of_a_column_is_bold(made):
    rows = cells(page(known(made)))
    systems = known(made)["systems"].values()
    best = min(systems, key=lambda row: row["figures"]["mse_refined"])["title"]
    bold = [title for title, row in rows.items() if row["refined MSE"].startswith("**")]
    assert bold == [best]


def test_a_second_call_measures_nothing(place, monkeypatch):
    before = known(place), (place / "tiny" / "compare.md").read_text()
    forbid(monkeypatch, "evaluate", "_images_per_s", "_label_figures", "_cycles")
    compare.compare(place / "tiny", request(place))
    assert (known(place), (place / "tiny" / "compare.md").read_text()) == before


def test_only_what_changed_is_measured_again(place, monkeypatch):
    before, asked = known(place)["systems"], []

    def watched(directory, *rest, **others):
        asked.append(directory.name)
        return evaluate(directory, *rest, **others)

    monkeypatch.setattr(compare, "evaluate", watched)
    framework = FRAMEWORKS["vae"](config_of("vae"))
    checkpoints.write(place / "tiny" / "late", framework, TRAINED)
    shutil.rmtree(place / "tiny" / "plain")
    after = compare.compare(place / "tiny", request(place))["systems"]
    assert asked == ["late"] and list(after) == ["early", "late"]
    assert after["early"] == before["early"]
    assert after["late"]["figures"]["mse"] != before["late"]["figures"]["mse"]
    (place / "more").mkdir()
    for index in range(20, 26):
        draw(index).save(place / "more" / f"{index}.png")
    after = compare.compare(place / "tiny", Request((str(place / "more"),)))["systems"]
    assert asked == ["late", "early", "late"] and after["early"]["images"] == 6


def test_speeds_that_stand_side_by_side_were_measured_in_one_go(place, monkeypatch):
    rates = iter(range(1000, 2000, 100))
    monkeypatch.setattr(compare, "_images_per_s", lambda framework: next(rates))
    checkpoints.write(place / "tiny" / "late", FRAMEWORKS["vae"](config_of("vae")), TRAINED)
    content = compare.compare(place / "tiny", request(place))
    assert [row["images/s"] for row in cells(page(content)).values()] == ["1,000", "1,100", "1,200"]


def test_figures_of_the_checkpoints_own_are_taken_as_they_are(place, monkeypatch):
    for name, row in known(place)["systems"].items():
        save(place / "tiny" / name, row | {"figures": row["figures"] | {"mse": 0.777}})
    (place / "tiny" / "compare.json").unlink()
    forbid(monkeypatch, "evaluate")
    compare.compare(place / "tiny", request(place))
    assert {row["figures"]["mse"] for row in known(place)["systems"].values()} == {0.777}


@pytest.mark.parametrize("prior", ["sphere", "normal", "box"])
def test_the_code_cycle_of_unrelated_codes_is_one_for_every_prior(prior):
    framework = FRAMEWORKS["bigan"](config_of("bigan", prior=prior, latent_size=64)).eval()
    pairs = framework.prior.sample(4000, torch.Generator().manual_seed(5)).split(2000)
    unrelated = (pairs[0] - pairs[1]).square().sum(dim=1).mean().item()
    assert compare._cycles(framework, unrelated)["code_cycle"] == pytest.approx(1, abs=0.05)


def test_faces_are_looked_up_in_the_gallery_that_is_given(place):
    gallery = {"gallery": (str(place / "pictures"),), "attributes": str(place / "table.csv")}
    content = compare.compare(place / "tiny", request(place, **gallery))
    row = content["systems"]["early"]
    stored = known_labels(place / "tiny" / "early")
    assert row["gallery"]["images"] == 20 and 0 <= row["gallery"]["dhash"] <= 1
    assert row["figures"]["label_agreement"] == pytest.approx(stored, abs=0.051)  # half precision
    assert "the nearest by dHash" in page(content)
    assert content["systems"]["plain"]["gallery"] == {}


def known_labels(checkpoint: Path) -> float:
    latents = checkpoints.read_latents(checkpoint)
    return compare.metrics.label_agreement(latents.codes, latents.labels)


def test_two_of_a_system_go_by_their_names(place):
    shutil.copytree(place / "tiny" / "early", place / "tiny" / "again")
    assert list(cells(page(compare.compare(place / "tiny", request(place)))))[:2] == [
        "again",
        "early",
    ]


def row(framework: str, prior: str = "sphere", **figures: float) -> dict:
    title = FRAMEWORKS[framework].title
    return {"title": title, "framework": framework, "prior": prior, "figures": figures}


@pytest.mark.parametrize("kind", EXPECTED)
def test_what_is_expected_speaks_of_what_there_is(kind):
    shown = [figure.name for figure in columns(COMPARE)]
    texts = [claim.holds for claim in EXPECTED[kind].claims]
    for text in (*texts, *(printed.of for printed in EXPECTED[kind].printed)):
        assert results(text)
        for of in results(text):
            assert of.system in FRAMEWORKS and of.figure in shown
    assert {checked(c, [])["outcome"] for c in EXPECTED[kind].claims} == {"not measured"}
    every = [row(of.system, of.prior) for text in texts for of in results(text)]
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


def test_the_page_and_cards_of_anyones_own_data_say_nothing_of_the_papers(place):
    for name, system in (("mean", "aae"), ("flow", "aaae")):
        framework = FRAMEWORKS[system](config_of(system, data=("my-cats.zip",)))
        checkpoints.write(place / "tiny" / name, framework, TRAINED | ABOUT)
    content = compare.compare(place / "tiny", request(place))
    assert not content["claims"] and not content["printed"] and not content["apart"]
    texts = [(place / "tiny" / "compare.md").read_text()]
    for name in ("mean", "flow"):
        save(place / "tiny" / name, content["systems"][name])
        write_card(place / "tiny" / name)
        texts.append((place / "tiny" / name / "README.md").read_text())
    for text in texts:
        assert not re.search("faces|CelebA|digits|papers|claims|FID", text)


def test_the_papers_figures_stand_beside_ours():
    printed = Printed("aaae.mse", "0.053", "table I, on [-1, 1]", unit=4)
    found = with_ours(printed, [row("wae", mse=0.01), row("aaae", mse=0.02)])
    assert (found["system"], found["value"], found["ours"]) == ("AAAE", 0.01325, 0.02)
    assert with_ours(printed, [row("wae", mse=0.01)]) is None


def test_a_card_has_the_papers_figures_of_its_system(place):
    directory = place / "tiny" / "late"
    settings = {"data": ("cifar10-train.zip",), "prior": "normal"}
    framework = FRAMEWORKS["aaae"](config_of("aaae", **settings))
    checkpoints.write(directory, framework, TRAINED | ABOUT)
    save(directory, known(place)["systems"]["late"])
    write_card(directory)
    text = (directory / "README.md").read_text()
    assert "| AAAE, table I, on [−1, 1] | 0.053 | 0.0132 | " in text and "as JPEG" in text


def test_a_card_has_metadata_for_the_hub(place):
    directory = place / "tiny" / "late"
    settings = {"data": ("my-cats.zip", "more"), "licence": "CC0: all of it"}
    checkpoints.write(directory, FRAMEWORKS["vae"](config_of("vae", **settings)), TRAINED | ABOUT)
    write_card(directory)
    assert "Not measured yet" in (directory / "README.md").read_text()
    save(directory, known(place)["systems"]["late"])
    write_card(directory)
    card = ModelCard.load(directory / "README.md")
    assert card.data.license == "other" and card.data.license_name == "CC0: all of it"
    assert card.data.datasets == ["my-cats.zip", "more"] and "vae" in card.data.tags
    figures = known(place)["systems"]["late"]["figures"]
    found = {each.metric_type: each.metric_value for each in card.data.eval_results}
    assert found == {each.name: figures[each.name] for each in columns(MAIN)}
    assert card.text.lstrip().startswith("# VAE, 32 px\n")


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
    gaussians = EXPECTED["digits"].claims[-1]
    roll, ring = row("aae-labels", "swiss-roll", class_share=0.5), row("aae-labels", "mixture")
    assert checked(gaussians, [roll, ring])["outcome"] == "not measured"
    ring["figures"]["class_share"] = 0.95
    assert checked(gaussians, [roll, ring])["outcome"] == "confirmed"


def test_the_command_renews_a_document(place, monkeypatch, capsys):
    readme = place / "about.md"
    readme.write_text("# Ours\n\n<!-- compare:tiny -->\nold\n<!-- end -->\n\nlast")
    data = ["--data", str(place / "pictures")]
    arguments = ["compare", str(place / "tiny"), *data, "--readme", str(readme)]
    monkeypatch.setattr("sys.argv", ["training", *arguments])
    assert command_line.main() == 0
    table = capsys.readouterr().out.strip()
    begin, end = "# Ours\n\n<!-- compare:tiny -->\n\n", "\n\n<!-- end -->\n\nlast"
    assert readme.read_text() == begin + table + end


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "There is no model set 'nowhere'"),
        (["pictures"], "'pictures' holds no checkpoint"),
        (["tiny/early"], "'tiny/early' is one checkpoint: give the set"),
        (["tiny", "--data", "gone.zip"], "no file, folder or dataset 'gone.zip'"),
        (["tiny", "--gallery", "pictures"], "Give --gallery its labels"),
        (["tiny", "--device", "abacus"], "There is no device 'abacus'"),
        (["tiny", "--readme", "table.csv"], "'table.csv' has no place for the table"),
    ],
)
def test_bad_input_gets_one_sentence(place, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(place)
    given = arguments if "--data" in arguments else [*arguments, "--data", "pictures"]
    monkeypatch.setattr("sys.argv", ["training", "compare", *given])
    assert command_line.main() == 2
    err = capsys.readouterr().err
    assert message in err and err.count("\n") == 1


def test_results_compare_the_shipped_weights():
    """Where this fails: RESULTS.md says by which command it is renewed."""
    text = (ROOT / "checkpoints" / "RESULTS.md").read_text(encoding="utf-8")
    for path in (ROOT / "checkpoints").glob(f"*/{compare.TABLE}"):
        content = json.loads(path.read_text(encoding="utf-8"))
        shipped = {
            each.parent.name: json.loads(each.read_text())["weights_sha256"]
            for each in path.parent.glob("*/config.json")
        }
        assert {n: row["weights_sha256"] for n, row in content["systems"].items()} == shipped
        assert renewed(text, f"compare:{path.parent.name}", page(content)) == text


def test_headings_set_apart_what_is_of_one_name():
    named = [("AAE", "aae", "a/aae"), ("F-AAE", "faae", "a/faae"), ("F-AAE", "faae", "b/faae")]
    assert headings(named) == ["AAE", "a/faae", "b/faae"]
    assert headings([*named[:2], ("F-AAE", "wide", "b/wide")]) == ["AAE", "faae", "wide"]
