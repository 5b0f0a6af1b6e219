"""A campaign: stopped anywhere, moved, taken up again; what ships, and what is said."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.training.campaigns.conftest import SETTINGS, TABLE, site
from tests.training.conftest import config_of
from training import __main__ as command_line
from training import checkpoints, loop
from training.campaigns import run as campaign
from training.campaigns.curve import Curve, read_curve
from training.campaigns.plans import CAMPAIGNS, Row
from training.checkpoints import STATE
from training.distributed import World
from training.errors import UserError
from training.run import Run
from training.stopped import Stopped


def weights(directory: Path) -> dict[str, torch.Tensor]:
    return load_file(directory / "model.safetensors")


def equal(one: Path, two: Path) -> bool:
    a, b = weights(one), weights(two)
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


def test_a_run_grows_out_of_a_shipped_checkpoint(finished):
    shipped = finished / "checkpoints" / "tiny" / "one"
    half = {**SETTINGS, "image_size": 64, "nets": "nested", "width": SETTINGS["width"] // 2}
    runs = {"grown": Row("faae", "small", {"ema": 0.9, "d_width": 4}, start="tiny/one")}
    larger = replace(site(finished, replace(TABLE, settings=half, runs=runs)), name="larger")
    campaign.run(replace(larger, work=finished / "work" / "larger"))
    content = checkpoints.read_config(finished / "checkpoints" / "larger" / "grown")
    seen = checkpoints.read_config(shipped)["trained"]["images_seen"]
    assert content["trained"]["images_seen_before"] == seen > 0
    assert content["settings"]["start"] == "one"


def stop_at(monkeypatch, target: str, call: int) -> None:
    """The process 'ends' where `target` is called for the so manieth time."""
    module, name = target.rsplit(".", 1)
    real, calls = getattr(__import__(module, fromlist=[name]), name), []

    def stop(*arguments, **named):
        calls.append(arguments)
        if len(calls) == call:
            raise KeyboardInterrupt
        return real(*arguments, **named)

    monkeypatch.setattr(target, stop)


STOPS = [
    ("training.checkpoints.write", 3),  # the state is newer than the checkpoint, in the middle
    ("training.checkpoints.write", 3),  # and at the end
    ("training.checkpoints.write_latents", 1),
    ("training.campaigns.run.evaluate", 1),
    ("training.campaigns.run.exchange", 1),
]


def test_stopped_everywhere_and_moved_it_ends_as_if_never_stopped(place, tmp_path, monkeypatch):
    (job,) = site(place).jobs()
    plain = loop.fit(replace(job.config, out=str(tmp_path / "plain")))
    for machine, (target, call) in enumerate(STOPS):
        with monkeypatch.context() as patch:
            stop_at(patch, target, call)
            with pytest.raises(KeyboardInterrupt):
                campaign.run(site(place))
        assert not (place / "checkpoints" / "tiny" / "one").exists()
        place = place.rename(tmp_path / str(machine))
    campaign.run(site(place))
    shipped = place / "checkpoints" / "tiny" / "one"
    assert equal(shipped, plain)
    curve = json.loads((shipped / "curve.json").read_text())["points"]
    assert [point["images_seen"] for point in curve] == [32, 64, 80]
    assert curve[-1]["mse"] != curve[0]["mse"]
    assert checkpoints.read_latents(shipped).names == ("Odd",)
    content, metrics = checkpoints.read_config(shipped), checkpoints.read_metrics(shipped)
    assert content["trained"]["images_seen"] == 80
    assert metrics["weights_sha256"] == content["weights_sha256"] and metrics["images"] == 12
    assert not any(str(tmp_path) in path.read_text() for path in shipped.glob("*.json"))


def test_a_curve_has_no_figure_that_is_not_finite(images, tmp_path):
    run = Run(config_of("gan"), World(0, 1, torch.device("cpu")), images)
    run.step = run.steps
    assert "frechet" in Curve(tmp_path, torch.zeros_like(images.images), 1)(run)
    (point,) = read_curve(tmp_path)["points"]  # which refuses any other number
    assert "frechet" in point and "sample_sharpness" not in point


def test_what_is_done_is_not_done_again(finished, monkeypatch, capsys):
    stop_at(monkeypatch, "training.loop.fit", 1)
    stop_at(monkeypatch, "training.campaigns.run.evaluate", 1)
    campaign.run(site(finished))
    assert "one  faae  small  ema = 0.9, d_width = 4  done" in capsys.readouterr().out


def test_a_figure_that_is_not_finite_is_not_measured_again(finished, monkeypatch):
    work = finished / "work" / "tiny" / "one"
    content = json.loads((work / "metrics.json").read_text())
    del content["figures"]["mse"]
    (work / "metrics.json").write_text(json.dumps({**content, "left_out": ["mse"]}))
    stop_at(monkeypatch, "training.campaigns.run.evaluate", 1)
    assert "mse" not in site(finished).measured(work)["figures"]


def test_another_licence_of_a_finished_run_ships_without_training(finished, capsys):
    shipped = finished / "checkpoints" / "tiny" / "one"
    mapped = replace(checkpoints.read_latents(shipped), map=torch.rand(40, 2))
    checkpoints.write_latents(shipped, mapped)
    settings = {**SETTINGS, "licence": "CC0", "images_of": "disc", "store": "int8"}
    licensed = site(finished, replace(TABLE, settings=settings))
    (job,) = licensed.jobs()
    (job.directory / STATE).unlink()
    before = weights(shipped)
    campaign.run(licensed)
    said = "one is done, and stays stored as half: int8 counts for its next training."
    assert said in capsys.readouterr().err
    for directory in (job.directory, shipped):
        settings = checkpoints.read_config(directory)["settings"]
        assert (settings["licence"], settings["images_of"]) == ("CC0", "disc")
        assert settings["store"] == "half"
        assert "licence: CC0" in (directory / "README.md").read_text()
    assert all(torch.equal(before[key], each) for key, each in weights(shipped).items())
    assert torch.equal(checkpoints.read_latents(shipped).map, mapped.map)


def test_a_run_that_was_stopped_once_is_not_called_so_at_its_end(finished, monkeypatch, capsys):
    with monkeypatch.context() as patch:
        patch.setattr(campaign.loop, "fit", short)
        campaign.run(site(finished, replace(TABLE, images=160)))
    assert "one: no room" in capsys.readouterr().err
    assert "| no room |" in (finished / "work" / "tiny" / "summary.md").read_text()
    campaign.run(site(finished))
    assert "| shipped, the first |" in (finished / "work" / "tiny" / "summary.md").read_text()


def short(*_, **__):
    raise Stopped("no room")


def test_figures_that_take_too_much_memory_end_no_campaign(place, monkeypatch):
    def full(*_, **__):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(campaign, "evaluate", full)
        campaign.run(site(place))
    page = place / "work" / "tiny" / "summary.md"
    assert "for its figures: free some, and run the campaign again; the last" in page.read_text()
    campaign.run(site(place))
    assert "| shipped, the first |" in page.read_text()


def test_what_a_process_needs_is_said_before_any_run(place):
    settings = {**SETTINGS, "batch_size": 1}
    runs = {**TABLE.runs, "labels": Row("aae-labels", "small")}
    with pytest.raises(UserError, match="needs two images a process: give --batch-size 2"):
        campaign.run(site(place, replace(TABLE, runs=runs, settings=settings)))
    assert not (place / "work").exists()


def test_a_run_that_is_to_see_more_images_goes_on(finished):
    longer = site(finished, replace(TABLE, images=160))
    (job,) = longer.jobs()
    assert not job.done and job.seen == 80
    campaign.run(longer)
    assert job.done and job.seen == 160
    points = json.loads((job.directory / "curve.json").read_text())["points"]
    assert [point["images_seen"] for point in points] == [32, 64, 80, 96, 128, 160]


def rewrite(path: Path, **figures: float) -> None:
    content = json.loads(path.read_text())
    content["figures"] |= figures
    path.write_text(json.dumps(content))


@pytest.mark.parametrize(("factor", "replaced"), [(0.5, False), (2.0, True)])
def test_only_what_measures_better_replaces_what_ships(factor, replaced, finished):
    shipped = finished / "checkpoints" / "tiny" / "one"
    former = checkpoints.read_metrics(shipped)
    errors = {name: former["figures"][name] * factor for name in ("mse", "mse_refined", "frechet")}
    work = finished / "work" / "tiny" / "one"
    new = {**former, "weights_sha256": "another"}
    rewrite(shipped / "metrics.json", **errors)
    (shipped / "left.txt").write_text("of the former one")
    site(finished).ship(work, shipped, new)
    outcome = json.loads((work / "outcome.json").read_text())
    assert outcome["shipped"] is replaced and (outcome["ratio"] < 1) is replaced
    assert outcome["former"]["mse"] == errors["mse"]
    assert (shipped / "left.txt").exists() is not replaced
    assert not shipped.with_name("one.part").exists()


def test_what_lacks_a_figure_does_not_ship(finished):
    shipped, work = finished / "checkpoints" / "tiny" / "one", finished / "work" / "tiny" / "one"
    former = checkpoints.read_metrics(shipped)
    figures = {name: value for name, value in former["figures"].items() if name != "frechet"}
    figures["mse"] /= 2
    new = {**former, "figures": figures, "weights_sha256": "another", "left_out": ["frechet"]}
    site(finished).ship(work, shipped, new)
    assert json.loads((work / "outcome.json").read_text())["shipped"] is False
    campaign.summary.write(finished, "tiny", TABLE, site(finished).jobs())
    page = (finished / "summary.md").read_text()
    assert "the former one stays, which has figures that this one lacks" in page


def test_a_shipped_one_that_cannot_be_read_is_replaced(finished, capsys):
    shipped = finished / "checkpoints" / "tiny" / "one"
    (shipped / "config.json").write_text("{")
    campaign.run(site(finished))
    assert "config.json is damaged. It is replaced." in capsys.readouterr().err
    assert equal(shipped, finished / "work" / "tiny" / "one")


def test_a_run_waits_for_the_one_whose_networks_it_stands_on(place):
    runs = {
        "gan": Row("gan", "small", {"d_width": 4}),
        "inverse": Row("inverse", "small", first_stage="gan"),
    }
    tiny = site(place, replace(TABLE, runs=runs, ships=False, attributes=""))
    first, second = tiny.jobs()
    stopped = "It stands on gan, which is not done: train that first."

    def outcome() -> dict:
        campaign.run(tiny, only=("inverse",))
        return json.loads((second.directory / "outcome.json").read_text())

    assert outcome() == {"stopped": stopped}
    loop.fit(replace(first.config, epochs=1.0))  # under way, with a checkpoint that could be read
    assert outcome() == {"stopped": stopped} and not second.seen
    campaign.run(tiny, only=("gan",))
    assert outcome() == {} and second.done
    settings, runs["gan"] = {**SETTINGS, "licence": "CC0"}, replace(runs["gan"], images=80)
    tiny = replace(tiny, campaign=replace(tiny.campaign, settings=settings, runs=runs, images=160))
    assert outcome() == {} and second.seen == 160  # what the first says of itself is no hindrance
    drawn, of_first = weights(second.directory), weights(first.directory)
    assert torch.equal(drawn["G.stem.weight"], of_first["G.stem.weight"])


def test_a_run_stands_on_a_shipped_checkpoint(place):
    tiny = site(
        place, replace(TABLE, runs={"one": Row("inverse", "small", first_stage="gans/gan")})
    )
    (job,) = tiny.jobs()
    assert job.first_stage is None and Path(job.config.first_stage) == tiny.into / "gans" / "gan"


def test_bad_input_gets_one_sentence(finished, monkeypatch, capsys):
    monkeypatch.setitem(CAMPAIGNS, "tiny", TABLE)
    common = ["--data-dir", finished / "data", "--work", finished / "work"]

    def said(*arguments) -> str:
        monkeypatch.setattr("sys.argv", ["training", "campaign", *map(str, arguments)])
        assert command_line.main() == 2
        err = capsys.readouterr().err
        assert err.count("\n") == 1
        return err

    assert "There is no campaign 'gnome'; choose from: " in said("gnome")
    assert "no run of tiny named 'two'; choose from: one" in said("tiny", *common, "--only", "two")
    assert "'nowhere' has no train.zip: give --data-dir" in said("tiny", "--data-dir", "nowhere")

    state = finished / "work" / "tiny" / "one" / STATE
    state.write_bytes(state.read_bytes()[:999])
    with pytest.raises(UserError, match="state.pt' is damaged: put a whole copy in its place"):
        campaign.run(site(finished, replace(TABLE, images=160)))
    capsys.readouterr()
    monkeypatch.setitem(CAMPAIGNS, "tiny", replace(TABLE, settings={**SETTINGS, "lr": 0.5}))
    assert "was trained with lr = 0.0003, not 0.5; give the same" in said("tiny", *common)
