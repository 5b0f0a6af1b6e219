"""The comparison of a model set: what is measured, what is not measured twice, its command."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.training.conftest import config_of, draw
from tests.training.report.conftest import TRAINED, cells, known, request
from training import __main__ as command_line
from training import checkpoints
from training.frameworks import FRAMEWORKS
from training.measure.evaluate import evaluate, save
from training.report import compare
from training.report.compare import Request
from training.report.page import page


def forbid(monkeypatch, *names: str):
    def refuse(*_, **__):
        raise AssertionError(f"one of {names} was called")

    for name in names:
        monkeypatch.setattr(compare, name, refuse)


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
    draw(26).save(place / "more" / "26.png")
    after = compare.compare(place / "tiny", Request((str(place / "more"),)))["systems"]
    assert asked[3:] == ["early", "late"] and after["early"]["images"] == 7


def test_what_labels_say_is_measured_anew_with_the_labelled_codes(place, monkeypatch):
    directory, before = place / "tiny" / "early", known(place)["systems"]["early"]["figures"]
    assert before.keys() >= {"probe_auc", "label_agreement", "code_cycle"}
    forbid(monkeypatch, "evaluate")
    latents = checkpoints.read_latents(directory)
    checkpoints.write_latents(directory, replace(latents, directions={}))
    without = compare.compare(place / "tiny", request(place))["systems"]["early"]["figures"]
    assert without == {name: value for name, value in before.items() if name != "probe_auc"}
    (directory / checkpoints.LATENTS).unlink()
    bare = compare.compare(place / "tiny", request(place))["systems"]["early"]["figures"]
    assert before.keys() - bare.keys() == {"probe_auc", "label_agreement"}


def test_codes_without_labels_have_no_figure(place):
    latents = checkpoints.read_latents(place / "tiny" / "early")
    bare = replace(latents, labels=torch.zeros(0, 0, dtype=torch.bool), names=(), directions={})
    checkpoints.write_latents(place / "tiny" / "early", bare)
    row = compare.compare(place / "tiny", request(place))["systems"]["early"]
    assert row["gallery"] == {} and not {"label_agreement", "probe_auc"} & row["figures"].keys()


def test_a_map_has_nothing_measured_anew(place, monkeypatch):
    latents = checkpoints.read_latents(place / "tiny" / "early")
    codes = torch.cat([latents.codes, latents.codes.flip(0)])  # of other images, without labels
    mapped = replace(latents, codes=codes, map=torch.rand(len(codes), 2))
    checkpoints.write_latents(place / "tiny" / "early", mapped)
    before = known(place)
    forbid(monkeypatch, "evaluate", "_images_per_s", "_label_figures", "_cycles")
    compare.compare(place / "tiny", request(place))
    assert known(place) == before


def test_a_table_of_an_earlier_version_holds(place, monkeypatch):
    before, content = known(place), known(place)
    for row in content["systems"].values():
        del row["latents_sha256"]
    (place / "tiny" / "compare.json").write_text(json.dumps(content))
    forbid(monkeypatch, "evaluate", "_images_per_s", "_label_figures", "_cycles")
    compare.compare(place / "tiny", request(place))
    assert known(place) == before


def test_speeds_that_stand_side_by_side_were_measured_in_one_go(place, monkeypatch):
    rates = iter(range(1000, 2000, 100))
    monkeypatch.setattr(compare, "_images_per_s", lambda framework: next(rates))
    checkpoints.write(place / "tiny" / "late", FRAMEWORKS["vae"](config_of("vae")), TRAINED)
    content = compare.compare(place / "tiny", request(place))
    assert [row["images/s"] for row in cells(page(content)).values()] == ["1,000", "1,100", "1,200"]


def test_a_speed_is_that_of_the_gpu_that_is_asked_for(place, monkeypatch):
    monkeypatch.setattr(compare, "device_named", torch.device)
    monkeypatch.setattr(torch.cuda, "get_device_name", str)
    speed = compare._speed({}, {}, request(place, device="cuda:1"), {})
    assert speed["hardware"] == "cuda:1"


def test_figures_of_the_checkpoints_own_are_taken_as_they_are(place, monkeypatch):
    for name, row in known(place)["systems"].items():
        save(place / "tiny" / name, row | {"figures": row["figures"] | {"mse": 0.777}})
    (place / "tiny" / "compare.json").unlink()
    forbid(monkeypatch, "evaluate")
    compare.compare(place / "tiny", request(place))
    assert {row["figures"]["mse"] for row in known(place)["systems"].values()} == {0.777}


@pytest.mark.parametrize(("prior", "of_one"), [("sphere", 1), ("normal", 0.5), ("box", 0.5)])
def test_the_code_cycle_is_one_of_unrelated_codes_and_half_of_the_mean_alone(prior, of_one):
    framework = FRAMEWORKS["bigan"](config_of("bigan", prior=prior, latent_size=64)).eval()
    z, other = framework.prior.sample(4000, torch.Generator().manual_seed(5)).split(2000)
    middle = framework.prior.project(torch.full((1, 64), 1e-6))  # on the sphere any code
    for code, expected in ((other, 1), (middle, of_one)):
        error = (z - code).square().sum(dim=1).mean().item()
        cycle = compare._cycles(framework, error)["code_cycle"]
        assert cycle == pytest.approx(expected, abs=0.05)


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
