"""A model without an encoder, on the tabs and at the command line: recovery takes its place."""

import json
import re
import shutil

import gradio as gr
import pytest
import torch

from explorer.__main__ import main
from explorer.catalogue import load_model
from explorer.engine import RECOVERY_STEPS
from explorer.page import header
from explorer.page.tabs import attributes, morph, reconstruct, sample
from explorer.session import refinement
from explorer.session.examples import astronaut
from explorer.session.state import Session
from tests.explorer.conftest import CHECKPOINTS
from tests.training.conftest import config_of
from training import checkpoints
from training.frameworks import FRAMEWORKS

NAMES = ["mixed/faae", "mixed/gan"]


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> str:
    """A set of the shipped F-AAE and a tiny, untrained GAN."""
    root = tmp_path_factory.mktemp("checkpoints")
    shutil.copytree(CHECKPOINTS / "celeba32" / "faae", root / "mixed" / "faae")
    (root / "mixed" / "gan").mkdir()
    checkpoints.write(root / "mixed" / "gan", FRAMEWORKS["gan"](config_of("gan")), {})
    return str(root)


@pytest.fixture
def mixed(root) -> Session:
    made = Session(root)
    assert made.names == NAMES
    return made


def test_recovery_is_its_encoding_and_is_said(root, mixed):
    model, x = load_model("mixed/gan", root), torch.rand(3, 3, 32, 32)
    z = model.encode(x)
    assert torch.equal(z, model.recover(x, RECOVERY_STEPS)) and torch.equal(model.project(z), z)
    assert f"found by recovery, {RECOVERY_STEPS} steps" in header.described(model)
    assert load_model("mixed/faae", root).note == ""


def test_reconstruct_streams_the_recovery(mixed, monkeypatch):
    monkeypatch.setattr(refinement, "REFINING_STEPS", 20)
    mixed.put("reconstruct", mixed.photo(astronaut(), "photo"))
    first, *_ = reconstruct.show(mixed)
    boards = list(reconstruct.refine(mixed, 20))
    assert [board["rows"][1]["note"] for board in boards] == ["10 of 20 steps", "20 of 20 steps"]
    for row in (first["rows"][0], boards[-1]["rows"][1]):
        faae, gan = (dict(stat[:2] for stat in card["stats"]) for card in row["cards"][1:])
        assert gan["Found by"] == "recovery" and "Relative re-encoding error" not in gan
        assert "Relative re-encoding error" in faae and "Found by" not in faae
    _, faae, gan = first["rows"][0]["cards"]
    assert faae["said"] == "" and re.search(r"GAN has no encoder.* in about \d+\.\d s", gan["said"])
    picture = mixed.slots["reconstruct"]
    assert [*picture.codes] == [*picture.refined] == NAMES[:1]  # others are to be recovered longer


def test_a_recovery_ends_when_stopped(mixed):
    mixed.names = NAMES[1:]
    mixed.put("reconstruct", mixed.examples()[0])
    steps = reconstruct.refine(mixed, 300)
    next(steps)
    reconstruct.halt(mixed)
    assert list(steps) == []


def test_every_other_tab_works_with_it(mixed):
    picture = mixed.examples()[0]
    for corner in morph.CORNERS:
        mixed.put(corner, picture)
    waiting, *_ = morph.show(mixed, 3)
    faae, gan = waiting["panels"]
    assert faae["src"] and "src" not in gan and gan["seconds"] > 0
    assert re.search(r"no encoder: codes are found by recovery, about \d+ s", gan["said"])
    ((value, *_),) = morph.complete(mixed, 3)
    assert all(panel["src"] for panel in value["panels"])
    assert set(mixed.grids["morph"].codes) == set(NAMES)
    assert [*morph.complete(mixed, 3)] == [gr.skip()]  # nothing is waited for any more
    sample.show(mixed, 0, 4, 1.0)
    assert set(mixed.grids["sample"].codes) == set(NAMES)
    mixed.put("attributes", picture)
    board = attributes.edit(mixed)
    assert "comes without attribute directions" in board["rows"][0]["cards"][1]["said"]
    header.choose_faithful(mixed, True)
    assert [*mixed.waits([picture], mixed.models)] == mixed.models
    code = mixed.codes([picture], mixed.models[1])
    assert [*mixed.waits([picture], mixed.models)] == mixed.models[:1]
    assert torch.equal(code[0], picture.refined["mixed/gan"][0])


def test_command_inverts_by_the_method_asked_for(root, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    astronaut().save("photo.png")

    def stages(*arguments: str) -> tuple[dict, str]:
        given = ["photo.png", "--checkpoints", root, "--steps", "5", "--px", "32", "--json"]
        assert main(["reconstruct", *given, *arguments]) == 0
        out, err = capsys.readouterr()
        return json.loads(out)[0]["models"], err

    hybrid, said = stages()
    assert [[*hybrid[name]] for name in NAMES] == [["encoder", "refined"], ["recovery"]]
    assert "mixed/gan has no encoder: recovery, 5 steps from the 4 nearest of 256 samples." in said
    encoded, _ = stages("--method", "encoder")
    assert [[*encoded[name]] for name in NAMES] == [["encoder"], ["recovery"]]
    how = ("--method", "recovery", "--starts", "2", "--loss", "cross-entropy", "--seed")
    first, again, other = (stages(*how, seed)[0] for seed in "112")
    assert [[*first[name]] for name in NAMES] == [["recovery"], ["recovery"]]
    assert first == again != other
