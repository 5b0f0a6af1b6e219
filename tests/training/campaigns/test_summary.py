"""The summary of a campaign."""

import json
from dataclasses import replace

from tests.training.campaigns.conftest import TABLE, site
from training.campaigns import run as campaign
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
