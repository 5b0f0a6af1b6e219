"""The handlers of the tab Paths, without a browser."""

from itertools import pairwise

import av
import gradio as gr
import pytest
import torch
from PIL import Image

from explorer.page import ui
from explorer.page.tabs import paths
from explorer.session.written import of_verb
from explorer.verbs import path
from training.codes.paths import STEPS
from training.errors import UserError


@pytest.fixture
def keyed(session):
    """A session with pictures in the first two places, at the tab."""
    session.tab = paths.NAME
    ui.fill(paths.TAB, session)
    return session


def energies(value: dict, kind: str) -> list[float]:
    """Those that the strips show, by model."""
    found = [row for panel in value["panels"] for row in panel["rows"] if row["kind"] == kind]
    return [float(dict(fact[:2] for fact in row["facts"])["Energy"]) for row in found]


def test_direct_paths_are_shown_at_once_and_geodesics_follow(keyed, monkeypatch):
    monkeypatch.setattr(paths, "STEPS", 20)
    value, chart = paths.show(keyed, 5, 1.5)
    assert [row["kind"] for row in value["panels"][0]["rows"]] == ["linear", "spherical"]
    assert value["count"] == 7 and len(chart["data"]) == 2 * len(keyed.models)
    for row in value["panels"][0]["rows"]:
        assert len(row["density"]) == len(row["norm"]) == 7
    *_, (value, chart) = paths.bend(keyed, 5, 1.5)
    assert [row["kind"] for row in value["panels"][0]["rows"]][2:] == ["geodesic"]
    assert value["progress"] is None and len(chart["data"]) == 3 * len(keyed.models)
    assert chart["data"][2]["meta"][1].key == "geodesic"  # told in the visitor's language
    pairs = zip(energies(value, "geodesic"), energies(value, "spherical"), strict=True)
    assert all(bent <= direct for bent, direct in pairs)
    assert len(keyed.grids[paths.NAME].labels) == 3 * 7
    assert keyed.tile(paths.NAME, 20).origin == "morph"
    assert "frames=9" not in of_verb(keyed, *paths.verb(keyed))  # as by default
    again = [*paths.bend(keyed, 5, 1.5)]  # all of them are known
    assert again == [(gr.skip(), gr.skip())]


def test_a_stopped_search_keeps_what_it_found_and_goes_on_from_there(keyed):
    keyed.controls["frames"] = 3
    search = paths.bend(keyed, 3, 1.0)
    next(search), next(search)
    value, _ = paths.stop(keyed, 3, 1.0)
    assert [*search] == [] and value["progress"] is None
    _, given = paths.verb(keyed)
    again = path(models=keyed.models, **given)  # what a program finds
    assert given["steps"] == 10
    for model, each in again.items():
        assert torch.equal(each.ways["geodesic"].codes, keyed.of(paths.Bent).found[model.name])
    assert len(value["panels"][0]["rows"]) == 3 and "after 10 of 60 steps" in str(value["stopped"])
    assert [*paths.bend(keyed, 3, 1.0)] == [(gr.skip(), gr.skip())]  # as when the tab opens again
    found = [value, *(value for value, _ in paths.resume(keyed, 3, 1.0))]
    assert [each["progress"] for each in found] == [None, 1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6, None]
    assert all("stopped" not in each for each in found[1:])
    for one, next_one in pairwise(energies(each, "geodesic") for each in found):
        assert all(now <= before for before, now in zip(one, next_one, strict=True))
    assert energies(found[-1], "geodesic") < energies(value, "geodesic")
    assert paths.verb(keyed) is None  # what is shown is of two searches
    value, _ = paths.stop(keyed, 3, 1.0)
    assert "stopped" not in value  # there is nothing to go on with


def test_other_frames_are_looked_for_anew(keyed):
    next(paths.bend(keyed, 3, 1.0))
    paths.stop(keyed, 3, 1.0)
    value, _ = paths.show(keyed, 4, 1.0)
    assert "stopped" not in value
    *_, (value, _) = paths.bend(keyed, 4, 1.0)
    assert value["progress"] is None and len(value["panels"][0]["rows"]) == 3


def test_a_path_is_a_film(keyed):
    assert Image.open(paths.save("gif", keyed, 3, 1.0)).n_frames == 4  # there and back
    with av.open(paths.save("mp4", keyed, 3, 1.0)) as file:
        stream = file.streams.video[0]
        assert stream.codec_context.name == "h264" and stream.frames == 4


@pytest.mark.parametrize("filled", [0, 1, 2])
def test_one_picture_or_equal_ones_give_a_sentence_and_keep_what_is_there(session, filled):
    session.tab = paths.NAME
    for key in paths.KEYS[:filled]:
        session.put(key, session.examples()[2])
    value, chart = paths.show(session, 9, 1.0)
    said = "are equal: replace one" if filled == 2 else "two places or more"
    assert said in str(value["said"]) and "data" not in chart
    assert [*paths.bend(session, 9, 1.0)] == [(gr.skip(), gr.skip())]
    with pytest.raises(UserError, match=said):
        paths.save("gif", session, 9, 1.0)
    assert len(session.slots) == filled and session.of(paths.Bent).done < STEPS
