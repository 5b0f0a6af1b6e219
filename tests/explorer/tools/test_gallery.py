"""RESULTS.md's pictures and table: made from the weights, of what each model can do."""

import copy
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from explorer.__main__ import main
from explorer.session.state import Session
from explorer.tools import gallery
from tests.explorer.conftest import CHECKPOINTS
from training.report.tables import renewed

RESULTS = CHECKPOINTS / "RESULTS.md"


def named(models) -> dict:
    return {model: model.title for model in models}


@pytest.fixture
def model(session, monkeypatch):
    """The first model as the only one of the session, a copy that may be changed."""
    only = copy.copy(session.models[0])
    monkeypatch.setattr(Session, "models", property(lambda _: [only]))
    return only


@dataclass(eq=False)
class Measured:
    """A model as far as the table needs it."""

    title: str
    directory: Path
    metrics: dict[str, float]
    config: dict


def measured(folder: Path, title: str, images: int = 9, **figures: float) -> Measured:
    (folder / title).mkdir()
    content = {"figures": figures, "images": images, "data": ["a.zip"], "features": "f"}
    content |= {"refined": {"steps": 50, "images": 4}, "weights_sha256": "0" * 64}
    (folder / title / "metrics.json").write_text(json.dumps(content))
    return Measured(title, folder / title, figures, {"trained": {"images_seen": 1_830_400}})


def table_of(*models) -> list[str]:
    return gallery.figure_table(list(models), named(models)).splitlines()


def test_command_draws_a_set_and_renews_its_table(tmp_path, capsys):
    readme = tmp_path / "about.md"
    readme.write_text(
        "# Ours\n\n<!-- figures:celeba64 -->\nold\n<!-- end -->\n\n<!-- end -->\nlast"
    )
    arguments = ["--checkpoints", str(CHECKPOINTS), "--out", str(tmp_path / "pictures")]
    assert main(["gallery", *arguments, "--set", "celeba64", "--readme", str(readme)]) == 0
    table = capsys.readouterr().out.strip()
    begin, end = "# Ours\n\n<!-- figures:celeba64 -->\n\n", "\n\n<!-- end -->\n\n<!-- end -->\nlast"
    assert readme.read_text() == begin + table + end
    pictures = sorted((tmp_path / "pictures" / "celeba64").iterdir())
    assert [path.stem for path in pictures] == [
        "attributes",
        "morphs",
        "reconstructions",
        "samples",
    ]
    assert all(Image.open(path).width > 700 for path in pictures)
    assert sum(path.stat().st_size for path in pictures) < 750_000


def test_an_unknown_set_is_one_sentence(tmp_path, capsys):
    arguments = ["--checkpoints", str(CHECKPOINTS), "--out", str(tmp_path), "--set", "mnist99"]
    assert main(["gallery", *arguments]) == 2
    assert "no model set 'mnist99'; choose from: celeba32" in capsys.readouterr().err


def test_results_have_the_figures_of_the_shipped_weights(session):
    """Where this fails: `python -m explorer gallery`."""
    text = RESULTS.read_text(encoding="utf-8")
    for model_set, names in session.catalogue.sets.items():
        models = [session.catalogue.models[name] for name in names]
        made = gallery.figure_table(models, named(models))
        assert renewed(text, f"figures:{model_set}", made) == text
    assert "<!-- figures:celeba32 -->" in text


def test_a_model_without_an_encoder_has_only_samples(session, model):
    model.encodes = False
    assert set(gallery.draw(session, named([model]))) == {"samples"}


def test_a_model_without_directions_has_no_attributes(session, model):
    model.latents = None
    assert set(gallery.draw(session, named([model]))) == {"samples", "reconstructions", "morphs"}


def test_the_best_is_bold_and_what_is_missing_a_dash(tmp_path):
    one = measured(tmp_path, "A", mse=0.02, psnr=17.84, sharpness=1.3)
    two = measured(tmp_path, "B", mse=0.01, psnr=17.83, sharpness=0.9)
    three = measured(tmp_path, "C", sample_sharpness=0.5)
    rows = {row.split(" | ")[0]: row.split(" | ", 1)[1] for row in table_of(one, two, three)[:-2]}
    assert rows["| figure"] == "A | B | C |"
    assert rows["| images seen in training, million"] == "1.83 | 1.83 | 1.83 |"
    cells = list(rows.values())[3:]
    # over-sharp is not sharp; where only one was measured, none is the best
    assert cells[0] == "0.0200 | **0.0100** | – |" and cells[1] == "**17.8** | 17.8 | – |"
    assert cells[2] == "1.300 | **0.900** | – |" and cells[3] == "– | – | 0.500 |"


def test_table_says_on_what_each_was_measured(tmp_path):
    one, two = (measured(tmp_path, title, mse=0.1) for title in "AB")
    assert table_of(one, two)[-1].startswith("On 9 images of a.zip; refined by 50 steps on 4")
    other = measured(tmp_path, "C", images=12, mse=0.1)
    assert [line[:14] for line in table_of(one, two, other)[-2:]] == [
        "A, B: On 9 ima",
        "C: On 12 image",
    ]


def test_screenshots_without_chromium_are_refused_in_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert main(["screenshots", "--checkpoints", str(CHECKPOINTS), "--out", str(tmp_path)]) == 2
    assert "need Chromium" in capsys.readouterr().err
