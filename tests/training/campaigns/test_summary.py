"""The summary of a campaign."""

import json
from dataclasses import replace
from types import SimpleNamespace as Namespace

from tests.training.campaigns.conftest import TABLE, site
from training.campaigns import run as campaign
from training.campaigns import summary
from training.campaigns.plans import Row


def test_a_run_that_cannot_go_on_is_left_behind_and_the_summary_says_why(place, capsys):
    runs = {"bad": Row("faae", "small", {"lr": 1e30, "d_width": 4}), "good": Row("aae", "small")}
    table = replace(TABLE, runs=runs, ships=False, attributes="")
    campaign.run(site(place, table))
    assert not (place / "checkpoints").exists()
    said = json.loads((place / "work" / "tiny" / "summary.json").read_text())["runs"]
    assert "not finite" in said["bad"]["outcome"]["stopped"] and not said["bad"]["measured"]
    assert said["good"]["measured"]["figures"]["mse"] == said["good"]["curve"]["points"][-1]["mse"]
    page = (place / "work" / "tiny" / "summary.md").read_text()
    assert page in capsys.readouterr().out
    mse = said["good"]["measured"]["figures"]["mse"]
    assert "| good | 80 |" in page and f"| {mse:.4g} |" in page


def test_a_former_figure_that_is_not_measured_here_is_left_out(place):
    table = replace(TABLE, runs={"good": Row("faae", "small")}, ships=False, attributes="")
    campaign.run(site(place, table))
    outcome = {"shipped": True, "ratio": 0.9, "former": {"mse": 0.4321}}
    directory = place / "work" / "tiny" / "good"
    (directory / summary.OUTCOME).write_text(json.dumps(outcome))
    config, content = Namespace(framework="faae"), {"trained": {}}
    job = Namespace(name="good", config=config, content=content, done=False, directory=directory)
    summary.write(place, "tiny", table, [job])
    page = (place / "summary.md").read_text()
    assert "shipped, 0.900 of the former errors" in page and "0.4321" not in page
