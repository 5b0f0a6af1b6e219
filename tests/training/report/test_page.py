"""The page of a comparison: its rows and columns, and the shipped RESULTS.md."""

import json
import re
import shutil
from pathlib import Path

from tests.training.report.conftest import cells, known, request
from training.frameworks import FRAMEWORKS
from training.report import compare
from training.report.page import page
from training.report.tables import renewed

ROOT = Path(__file__).parents[3]


def test_there_is_a_row_a_system_in_the_registrys_order(made):
    rows = cells((made / "tiny" / "compare.md").read_text())
    assert list(rows) == ["F-AAE", "VAE", FRAMEWORKS["gan"].title]
    columns = {"MSE", "refined MSE", "code cycle", "sample cycle", "AUC", "labels", "images/s"}
    assert columns <= rows["VAE"].keys() and "class error" not in rows["VAE"]
    assert rows["VAE"]["images seen, million"] == "1.83"
    assert "–" not in rows["VAE"].values()
    text = (made / "tiny" / "compare.md").read_text()
    assert "On 20 images of pictures; refined by 50 steps on 20" in text
    assert "those of Lite0 of `efficientnet-lite0` on 20 of them" in text
    assert "of 20 images with 2 attributes" in text
    assert "Trained on an abacus: F-AAE 1.5 hours, VAE 1.5 hours, " in text


def test_a_system_without_an_encoder_says_that_it_recovers(made):
    row = cells(page(known(made)))[FRAMEWORKS["gan"].title]
    assert row["codes by"] == "recovery"
    assert {column for column, cell in row.items() if cell == "–"} == {
        *("MSE", "PSNR", "SSIM", "sharpness", "code cycle", "sample cycle"),
        *("dHash", "AUC", "labels", "morph"),
        *("Frechet of reconstructions (Lite0)", "perceptual (Lite0)"),
    }
    assert float(row["refined MSE"].strip("*")) > 0


def test_the_best_of_a_column_is_bold(made):
    rows = cells(page(known(made)))
    systems = known(made)["systems"].values()
    best = min(systems, key=lambda row: row["figures"]["mse_refined"])["title"]
    bold = [title for title, row in rows.items() if row["refined MSE"].startswith("**")]
    assert bold == [best]


def test_two_of_a_system_go_by_their_names(place):
    shutil.copytree(place / "tiny" / "early", place / "tiny" / "again")
    assert list(cells(page(compare.compare(place / "tiny", request(place)))))[:2] == [
        "again",
        "early",
    ]


def test_results_compare_the_shipped_weights():
    """Where this fails: RESULTS.md says by which command it is renewed."""
    text = (ROOT / "checkpoints" / "RESULTS.md").read_text(encoding="utf-8")
    tables = [*(ROOT / "checkpoints").glob(f"*/{compare.TABLE}")]
    marks = re.findall(r"<!-- compare:(\w+) -->", text)
    assert sorted(marks) == sorted(path.parent.name for path in tables) != []
    for path in tables:
        content = json.loads(path.read_text(encoding="utf-8"))
        shipped = {
            each.parent.name: json.loads(each.read_text())["weights_sha256"]
            for each in path.parent.glob("*/config.json")
        }
        assert {n: row["weights_sha256"] for n, row in content["systems"].items()} == shipped
        assert renewed(text, f"compare:{path.parent.name}", page(content)) == text
