"""A model of others in every tab, beside a checkpoint of another image size; without a browser."""

import os
import shutil
from base64 import b64decode
from pathlib import Path

import pytest
import torch
from torch import nn

from explorer import describe, export
from explorer.catalogue import catalogue
from explorer.exchange import graphs, layout
from explorer.page.tabs import attributes, latent_map, morph, reconstruct, sample
from explorer.session.examples import astronaut
from explorer.session.state import Session
from explorer.verbs.map import without_map
from tests.explorer.conftest import CHECKPOINTS, event

PX, N = 16, 8


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> Path:
    torch.manual_seed(0)
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(3 * PX * PX, N))
    decoder = nn.Sequential(nn.Linear(N, 3 * PX * PX), nn.Sigmoid(), nn.Unflatten(1, (3, PX, PX)))
    folder = tmp_path_factory.mktemp("model") / "vae"
    return export(encoder, decoder, folder, image_size=PX, name="My VAE")


@pytest.fixture
def folder(exported: Path, tmp_path: Path) -> Path:
    """The folder of a model mine/vae."""
    return Path(shutil.copytree(exported, tmp_path / "mine" / "vae"))


def compared(tmp_path: Path, folder: Path) -> Session:
    """A session that compares the shipped F-AAE with the model of a folder."""
    shipped = tmp_path / "checkpoints" / "celeba32"
    shipped.mkdir(parents=True)
    (shipped / "faae").symlink_to(CHECKPOINTS / "celeba32" / "faae")
    session = Session(os.pathsep.join([str(shipped.parent), str(folder)]))
    assert session.catalogue.problems == []
    assert session.names == ["celeba32/faae", "mine/vae"]
    return session


def test_it_is_reconstructed_morphed_sampled_mapped_and_edited(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(layout, "UMAP_NEEDS", 1000)  # it takes half a minute
    drawn = tmp_path / "pictures"
    drawn.mkdir()
    rows = ["file_name,Left"]
    for index in range(24):
        astronaut().rotate(15 * index).save(drawn / f"{index}.png")
        rows.append(f"{index}.png,{index % 2}")
    (tmp_path / "table.csv").write_text("\n".join(rows))
    command = f"describe {'/'.join(folder.parts[-3:])} --data FOLDER"
    assert command in without_map(catalogue(str(tmp_path)).models["mine/vae"])
    describe(folder, str(drawn), str(tmp_path / "table.csv"))

    session = compared(tmp_path, folder)
    session.put("reconstruct", session.photo(astronaut(), "photo"))
    assert len(reconstruct.show(session)[0]["rows"]) == 1
    board = list(reconstruct.refine(session, 5))[-1]
    assert all(len(row["cards"]) == 3 for row in board["rows"])
    assert not any(card["said"] for row in board["rows"] for card in row["cards"])

    for corner, seed in zip(morph.CORNERS, range(4), strict=True):
        session.put(corner, session.draw(seed))
    value, *_ = morph.show(session, 3)
    assert [panel["title"] for panel in value["panels"]] == ["F-AAE", "My VAE"]
    value, _ = sample.show(session, 0, 4, 1.0)
    assert "another prior" in value["panels"][1]["note"]

    value, *_ = latent_map.show(session)
    places = [len(b64decode(panel["points"])) // 8 for panel in value["panels"]]  # two float32 each
    assert places == [3641, 24]
    assert len(latent_map.choose(session, event(index=7))["rows"][0]["cards"]) == 2

    session.put("attributes", session.photo(astronaut(), "photo"))
    attributes.show(session, "mean")
    attributes.move(session, {"amounts": {"Left": 2.0}, "held": []})
    before, after = session.grids["attributes"].codes, attributes.edit(session)
    moved = session.grids["attributes"].codes["mine/vae"]
    assert (moved[0] - moved[1]).norm() > 0 and torch.equal(before["mine/vae"][1], moved[1])
    assert after["rows"][0]["note"] == "Left +2"


@pytest.mark.parametrize("alone", [False, True], ids=["beside another", "alone"])
def test_where_codes_cannot_be_refined_the_row_is_greyed_with_the_reason(
    folder, tmp_path, monkeypatch, alone
):
    def refuse(model):
        raise NotImplementedError("Converter is not implemented (Gnome).")

    monkeypatch.setattr(graphs, "_translator", lambda: refuse)
    session = compared(tmp_path, folder)
    session.faithful = True
    if alone:
        session.names = ["mine/vae"]
    session.put("reconstruct", session.photo(astronaut(), "photo"))
    board = reconstruct.show(session)[0]
    boards = list(reconstruct.refine(session, 5))
    card = (board if alone else boards[-1])["rows"][1]["cards"][-1]
    assert "My VAE cannot refine codes" in card["said"] and "Gnome" in card["said"]
    mine, picture = session.catalogue.models["mine/vae"], session.slots["reconstruct"]
    assert session.waits([picture], [mine]) == {}
    assert torch.equal(session.codes([picture], mine)[0], picture.codes["mine/vae"])
