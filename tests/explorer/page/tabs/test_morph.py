"""The handlers of the tab Morph, without a browser."""

from io import BytesIO
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image, ImageSequence

from explorer.page import ui
from explorer.page.tabs import morph
from explorer.pictures import render
from explorer.session.examples import astronaut
from explorer.session.saved import drawn, recipe


def test_a_morph_has_its_pictures_in_its_corners(session):
    for seed, corner in enumerate(morph.CORNERS):
        session.put(corner, session.draw(seed))
    value, chart, _ = morph.show(session, 5)
    assert [panel["title"] for panel in value["panels"]] == [m.title for m in session.models]
    assert len(value["labels"]) == 25 and len(chart["data"]) == 2 * len(session.models)
    first = chart["data"][1]["y"][0]  # of the model that drew the pictures
    assert first == pytest.approx(1, abs=0.05) and "band their range" in chart["note"]
    for model in session.models:
        codes = session.grids["morph"].codes[model.name]
        corners = session.codes([session.slots[corner] for corner in morph.CORNERS], model)
        assert torch.allclose(codes[[0, 4, 20, 24]], corners, atol=1e-6)
        assert torch.allclose(codes.norm(dim=1), torch.ones(25), atol=1e-5)


def test_of_many_models_the_first_are_drawn_first(session, monkeypatch):
    counted, between = [], morph.between

    def count(session, corners, models, n):
        counted.extend(models)
        return between(session, corners, models, n)

    monkeypatch.setattr(morph, "between", count)
    known = session.catalogue.models
    session.names = [name for name in known if name.startswith("celeba32/") and known[name].encodes]
    ui.fill(morph.TAB, session)
    models = session.models
    assert len(models) > morph.AT_ONCE
    value, chart, _ = morph.show(session, 3)
    assert [bool(panel.get("src")) for panel in value["panels"]] == [
        at < morph.AT_ONCE for at in range(len(models))
    ]
    assert all(panel["stays"] for panel in value["panels"][morph.AT_ONCE :])
    assert chart == gr.skip()
    (value, chart, _), late = morph.complete(session, 3)
    assert late == gr.skip() and all(panel["src"] for panel in value["panels"])
    assert {line["name"] for line in chart["data"]} == {each["title"] for each in value["panels"]}
    assert set(session.grids["morph"].codes) == {model.name for model in models}
    assert counted == models  # each once
    assert [*morph.complete(session, 3)] == [gr.skip()]  # nothing is left


def test_the_others_are_drawn_however_often_the_choice_changes(session):
    known = session.catalogue.models
    many = [name for name in known if name.startswith("celeba32/") and known[name].encodes][:5]
    for names in (many, many[:2], many):
        session.names = names
        ui.fill(morph.TAB, session)
        value, *_ = morph.show(session, 3)
        stay = sum("stays" in panel for panel in value["panels"])
        assert stay == max(0, len(names) - morph.AT_ONCE)
        *drawn, late = morph.complete(session, 3)
        assert late == gr.skip() and len(drawn) == (stay > 0)
    morph.show(session, 4)
    assert [*morph.complete(session, 5)] == [gr.skip()]  # by the slider's newer value
    morph.show(session, 5)
    assert len([*morph.complete(session, 5)]) == 2
    assert set(session.grids["morph"].codes) == set(many) and not session.of(morph.First).get(5)


def test_a_morph_that_comes_late_leaves_what_is_there(session, monkeypatch):
    ui.fill(morph.TAB, session)
    morph.show(session, 4)
    now, between = session.grids["morph"], morph.between

    def turns(session, *asked):
        session.names = session.names[:1]
        return between(session, *asked)

    monkeypatch.setattr(morph, "between", turns)
    morph.draw(session, 3)
    assert session.grids["morph"] is now


def test_a_corner_that_is_emptied_while_a_morph_is_drawn_is_no_fault(session, monkeypatch):
    ui.fill(morph.TAB, session)
    between = morph.between

    def empties(session, *asked):
        session.put(morph.CORNERS[0], None)
        return between(session, *asked)

    monkeypatch.setattr(morph, "between", empties)
    value, *_, pad = morph.show(session, 3)
    assert all(panel["src"] for panel in value["panels"]) and "corners" not in pad


def test_a_morph_of_a_picture_unlike_the_known_suggests_refined_codes(session):
    ui.fill(morph.TAB, session)
    session.put(morph.CORNERS[0], session.photo(astronaut().convert("L"), "grey.jpg"))
    value, *_ = morph.show(session, 3)
    assert all("grey.jpg" in panel["note"] for panel in value["panels"])
    session.faithful = True
    value, *_ = morph.show(session, 3)
    assert not any(panel["note"] for panel in value["panels"])


def test_a_morph_can_be_downloaded(session):
    ui.fill(morph.TAB, session)
    said = recipe(session, "", morph.CORNERS, tiles=3)
    file = said.into(drawn(said, {model.name: model for model in session.models}))
    png, gif = Image.open(BytesIO(file)), Image.open(morph.save_gif(session, 3))
    assert png.format == "PNG" and png.width > 2 * 3 * 64
    assert gif.format == "GIF" and gif.n_frames >= 9 and gif.info["loop"] == 0


def test_the_gif_of_a_walk_over_81_tiles_stays_below_3_mb_and_near_its_frames(session, monkeypatch):
    drawn, sheet = [], render.sheet

    def kept(*args):
        drawn.append(sheet(*args))
        return drawn[-1]

    monkeypatch.setattr(render, "sheet", kept)
    ui.fill(morph.TAB, session)
    file = Path(morph.save_gif(session, 9))
    assert file.stat().st_size < 3e6
    frames = ImageSequence.Iterator(Image.open(file))
    for page, frame in zip(drawn, frames, strict=True):
        off = np.asarray(page, float) - np.asarray(frame.convert("RGB"), float)
        assert np.square(off).mean() < 255**2 / 10**3.2  # 32 dB
