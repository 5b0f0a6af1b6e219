"""The page's own handlers, without a browser: uploads, sending, opening."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import pytest
import torch

from explorer.page import components as ui_components
from explorer.page import header, ui
from explorer.page.navigation import Item
from explorer.page.tabs import attributes, sample
from explorer.pictures.faces import Crop
from explorer.session.state import Session
from tests.explorer.conftest import BAD, CHECKPOINTS, event


def upload(path: Path) -> dict:
    """A file as the browser's upload leaves it: in the folder that the server takes files from."""
    folder = Path(gr.utils.get_upload_folder())
    folder.mkdir(parents=True, exist_ok=True)
    return {"path": shutil.copy(path, folder / path.name), "name": path.name}


def test_a_sample_goes_on_with_its_code(session, navigation):
    sample.show(session, 0, 9, 1.0)
    values = ui.send(navigation, session, event(grid="sample", index=4, to="attributes"))
    assert values[0]["selected"] == session.tab == "attributes"
    for model in session.models:
        codes = session.codes([session.slots["attributes"]], model)
        assert torch.equal(codes[0], session.grids["sample"].codes[model.name][4])
    ui.send(navigation, session, event(grid="sample", index=2, to="shelf"))
    assert [picture.label for picture in session.shelf] == ["Sample 0·3"]
    ui.send(navigation, session, event(id=session.shelf[0].id, to="morph"))
    assert session.slots["corner-0"].label == "Sample 0·3"


def test_a_tab_that_opens_again_shows_how_its_pictures_look_now(session):
    items = {1: Item(None, attributes.TAB, bar=False)}
    opens = SimpleNamespace(target=SimpleNamespace(_id=1))
    picture = session.examples()[1]
    for slot in ("reconstruct", "attributes"):
        session.put(slot, picture)
    first = ui.opened(items, session, opens)
    picture.cropped(Crop(8, 8, 20))
    again = ui.opened(items, session, opens)
    shown = [value for value in again if value != gr.skip()]
    assert shown == [ui_components.slot_value(picture)] and shown[0] not in first
    session.put("attributes", None)
    assert ui_components.slot_value(None) in ui.opened(items, session, opens)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_upload_gives_one_sentence_and_keeps_what_was_there(session, bad, name):
    session.put("reconstruct", session.examples()[1])
    value, *_, shelf = ui.pick(session, event(slot="reconstruct", **upload(bad(name))))
    assert value["problem"].startswith(BAD[name]) and value["problem"].count(". ") == 0
    assert session.slots["reconstruct"].label == "Drawn face 1"
    assert shelf == gr.skip()


def test_only_uploads_are_opened(session, photo):
    value, *_ = ui.pick(session, event(slot="reconstruct", path=str(photo), name="photo.jpg"))
    assert "not uploaded here" in value["problem"]


def test_a_link_opens_its_tab_though_the_first_one_is_shown_meanwhile(
    session, navigation, monkeypatch
):
    examples = session.examples

    def slowly():
        session.tab = "reconstruct"  # the select that the page itself fires when it appears
        return examples()

    monkeypatch.setattr(session, "examples", slowly)
    load, request = ui.loader(navigation, {}), SimpleNamespace(query_params={"tab": "sample"})
    opened = load(session, None, request)[len(header.parts(session))]
    assert opened["selected"] == "sample"


def test_what_was_set_before_the_page_has_loaded_stays(session, navigation):
    seed = navigation.parts[sample.TAB].controls["seed"]
    count = navigation.parts[sample.TAB].controls["count"]
    load = ui.loader(navigation, {"seed": seed, "count": count})
    session.controls["seed"] = 11  # by an event of this control that came first
    request = SimpleNamespace(query_params={"count": "16"})
    assert load(session, None, request)[-2:] == [11, 16]
    other = Session(session.root)
    assert load(other, None, request)[-2:] == [gr.skip(), 16]
    assert other.controls == {"seed": 0, "count": 16}


def test_without_checkpoints_the_page_says_how_to_train(tmp_path):
    shutil.copytree(CHECKPOINTS / "celeba32" / "aae", tmp_path / "celeba32" / "aae")
    (tmp_path / "celeba32" / "aae" / "model.safetensors").write_bytes(b"broken")
    said = [c["props"].get("value") for c in ui.build(str(tmp_path)).config["components"]]
    page = next(text for text in said if isinstance(text, str))
    assert "python -m training fit" in page and "celeba32/aae" in page


def test_a_page_that_is_loaded_anew_has_what_the_one_before_had(session, navigation, photo):
    ui.pick(session, event(slot="reconstruct", **upload(photo)))
    session.tab, key = "attributes", ui_components.stamp(session)["key"]
    again, request = Session(session.root), SimpleNamespace(query_params={})
    first = ui_components.stamp(again)  # an answer that came before
    ui.loader(navigation, {})(again, key, request)
    assert [p.label for p in again.shelf] == [photo.name] and again.tab == "attributes"
    mine, before = again.slots["reconstruct"], session.slots["reconstruct"]
    assert mine.look == before.look and mine is not before and mine is again.shelf[0]
    then = ui_components.stamp(again)
    assert then["key"] == first["key"] != key and then["serial"] > first["serial"]
    stranger = Session(session.root)
    ui.loader(navigation, {})(stranger, "guessed", request)
    assert stranger.shelf == []
