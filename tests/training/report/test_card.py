"""The model card of a checkpoint: its metadata, figures and the papers' figures."""

import re
from pathlib import Path

import pytest
from huggingface_hub import ModelCard

from tests.training.conftest import CHECKPOINTS, config_of
from tests.training.report.conftest import ABOUT, TRAINED, known, request
from training import checkpoints
from training.frameworks import FRAMEWORKS
from training.measure.evaluate import save
from training.measure.figures import MAIN, columns
from training.report import compare
from training.report.card import card, write_card

SHIPPED = sorted(path.parent for path in CHECKPOINTS.glob("*/*/config.json"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_shipped_cards_say_what_is_known_of_the_checkpoints(path):
    assert (path / "README.md").read_text(encoding="utf-8") == card(path)


def measure(directory: Path, figures: dict) -> None:
    """Gives a checkpoint the figures of another."""
    digest = checkpoints.read_config(directory)["weights_sha256"]
    save(directory, figures | {"weights_sha256": digest})


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


def test_a_card_has_the_papers_figures_of_its_system(place):
    directory = place / "tiny" / "late"
    settings = {"data": ("cifar10-train.zip",), "prior": "normal"}
    framework = FRAMEWORKS["aaae"](config_of("aaae", **settings))
    checkpoints.write(directory, framework, TRAINED | ABOUT)
    measure(directory, known(place)["systems"]["late"])
    write_card(directory)
    text = (directory / "README.md").read_text()
    assert "| AAAE, table I, on [−1, 1] | 0.053 | 0.0132 | " in text and "as JPEG" in text


def test_a_card_has_metadata_for_the_hub(place):
    directory = place / "tiny" / "late"
    settings = {"data": ("my-cats.zip", "more"), "licence": "CC0: all of it"}
    checkpoints.write(directory, FRAMEWORKS["vae"](config_of("vae", **settings)), TRAINED | ABOUT)
    write_card(directory)
    assert "Not measured yet" in (directory / "README.md").read_text()
    save(directory, known(place)["systems"]["late"])  # of other weights
    write_card(directory)
    assert "Not measured yet" in (directory / "README.md").read_text()
    measure(directory, known(place)["systems"]["late"])
    write_card(directory)
    card = ModelCard.load(directory / "README.md")
    assert card.data.license == "other" and card.data.license_name == "CC0: all of it"
    assert card.data.datasets == ["my-cats.zip", "more"] and "vae" in card.data.tags
    figures = known(place)["systems"]["late"]["figures"]
    found = {each.metric_type: each.metric_value for each in card.data.eval_results}
    assert found == {each.name: figures[each.name] for each in columns(MAIN)}
    assert card.text.lstrip().startswith("# VAE, 32 px\n")
