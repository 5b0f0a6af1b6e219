"""Links to what the page shows."""

from types import SimpleNamespace
from urllib.parse import parse_qsl

import gradio as gr
import pytest
import torch

from explorer.page import going, link, ui
from explorer.page.mapped.points import Own as OnMap
from explorer.page.tab import listed, paired
from explorer.page.tabs import attributes, breed, morph, sample
from explorer.pictures.faces import Crop
from explorer.session.attributes import Draft, Own
from explorer.session.state import Session, Unavailable
from explorer.verbs import sample as draw
from explorer.verbs.common.attributes import Attribute
from explorer.verbs.common.grids import map_row
from tests.explorer.conftest import CHECKPOINTS, event
from training.errors import UserError, quoted


def test_a_link_brings_everything_back_but_uploads(session, navigation, photo):
    sample.show(session, 9, 16, 0.5)
    ui.send(navigation, session, event(grid="sample", index=3, to="attributes"))
    changes = attributes.Changes({"Smiling": 1.5, "Male": -2.0}, ["Young", "Male"])
    session.owned[attributes.Changes], session.faithful = changes, True
    session.put("reconstruct", session.photo(photo, "mine"))
    session.keep(session.slots["reconstruct"])
    session.names = session.names[1:]
    query = link.query(session, {"seed": 9, "count": 16})
    assert link.left_out(session) == ["'mine'", "the shelf"]
    other = Session(str(CHECKPOINTS))
    link.restore(other, dict(pair.split("=") for pair in query.split("&")))
    assert (other.names, other.faithful, other.tab) == (session.names, True, "attributes")
    assert other.of(attributes.Changes) == changes
    model = other.models[0]
    codes = [s.codes([s.slots["attributes"]], model) for s in (session, other)]
    assert torch.equal(*codes)
    assert "reconstruct" not in other.slots


def test_what_a_link_leaves_out_is_said_by_what_it_is(session):
    session.put("reconstruct", session.examples()[1])
    assert link.left_out(session) == []
    session.put("parent-0", session.examples()[1])
    breed.show(session, 0.3, 4, 0)
    breed.choose(session, event(grid="breed", index=0))
    breed.go_on(session, 0.3, 4, 0)
    session.of(OnMap).pictures.append(session.examples()[2])
    session.of(Draft).lesson.given.pictures.append(session.examples()[3])
    session.of(Own).add(Attribute(name="Grin", models={}))
    lost = ["the lineage", "your pictures on the map", "what Teach is given"]
    lost = ["'Child 1 of generation 1'", *lost, "your attribute 'Grin'"]
    assert sorted(link.left_out(session)) == sorted(lost)


def test_a_link_brings_back_where_one_walks_and_how_far_sliders_were_moved(session):
    sample.show(session, 5, 16, 0.5)
    sample.stroll(session, 0.25)
    morph.step(session, {"right": 0.2, "down": 0.75})
    session.of(attributes.Changes).amounts = {"Smiling": -7.5}
    query = link.query(session, {"seed": 5, "count": 16, "spread": 0.5})
    other = Session(str(CHECKPOINTS))
    link.restore(other, dict(pair.split("=") for pair in query.split("&")))
    point, _ = other.of(morph.Walk), sample.show(other, 5, 16, 0.5)
    assert (point.right, point.down) == (0.2, 0.75) and other.of(sample.Drawn).walk == 0.25
    assert other.of(attributes.Changes).amounts == {"Smiling": -7.5}
    sample.draw(session)
    codes = [each.grids["sample"].codes[session.names[0]] for each in (session, other)]
    assert torch.equal(*codes)
    sample.show(other, 6, 16, 0.5)
    assert other.of(sample.Drawn).walk == 0  # of other samples


def test_a_link_brings_labels_back(session):
    session.names = ["celeba32/icgan"]
    session.labels = {"Male": True, "Eyeglasses": False}
    session.of(sample.Drawn).every_class = True
    other = Session(str(CHECKPOINTS))
    link.restore(other, dict(pair.split("=") for pair in link.query(session, {}).split("&")))
    assert other.labels == session.labels and other.of(sample.Drawn).every_class


def test_a_link_says_which_labels_are_not_here(session):
    fields = {"models": "celeba32/icgan", "labels": "Male:1,Hat:1"}
    assert link.restore(session, fields) == ["the label 'Hat'"]
    assert session.labels == {"Male": True}
    session.names = ["celeba32/aae"]  # to which no label means anything
    assert "labels" not in link.query(session, {})


def test_codes_are_of_one_class():
    session = Session(str(CHECKPOINTS), "mnist32", ["mnist32/aae-semi"])
    fields = {"models": "mnist32/aae-semi", "labels": "3:1,8:1,5:0"}
    assert link.restore(session, fields) == ["the label '8'"]
    assert session.labels == {"3": True, "5": False}
    with pytest.raises(UserError, match="one class: leave out '?8"):
        draw(session.models, labels={"3": True, "8": True})


@pytest.mark.parametrize(
    "fields",
    [
        {"attributes": "sample/x"},
        {"edit": "a:b,:,Grinning:1", "hold": "Grinning,"},
        {"labels": "Male:1,:,Hat", "classes": "some"},
    ],
)
def test_a_broken_link_is_passed_over(session, fields):
    link.restore(session, {"tab": "nowhere", **fields})
    assert session.tab == "reconstruct" and session.slots == {}
    assert session.of(attributes.Changes) == attributes.Changes()
    assert session.labels == {} and not session.of(sample.Drawn).every_class


def test_a_link_says_what_is_not_here(session):
    fields = dict(pair.split("=") for pair in link.query(session, {}).split("&"))
    assert link.restore(session, fields) == []
    names, weights = fields["models"], fields["weights"]
    fields |= {"models": f"{names},celeba32/new", "weights": f"0000{weights[4:]},1234abcd"}
    lacks = link.restore(session, fields | {"reconstruct": "example/99"})
    assert lacks == [
        "'celeba32/new'",
        "the same weights of 'celeba32/faae'",
        "the picture 'example/99'",
    ]
    assert session.names == names.split(",")


def test_a_link_says_which_attributes_of_ones_own_are_not_here(session):
    session.names = ["celeba32/faae"]
    edit = {"edit": "PCA 1:2,Smiling:1,3:1", "hold": "PCA 1,Mine"}  # of digits, which are here: 3
    assert link.restore(session, edit) == ["the attribute 'PCA 1'", "the attribute 'Mine'"]
    assert session.of(attributes.Changes).amounts == {"Smiling": 1.0}
    learned = Attribute(name="PCA 1", models={})
    session.of(Own).add(learned)
    assert link.restore(session, edit) == ["the attribute 'Mine'"]
    assert session.of(attributes.Changes).amounts == {"Smiling": 1.0, "PCA 1": 2.0}


def test_names_come_back_whatever_they_hold(session):
    name, other = "50 %, red: new", Session(str(CHECKPOINTS))
    for each in (session, other):
        each.of(Own).add(Attribute(name=name, models={}))
    session.owned[attributes.Changes] = attributes.Changes({name: 2.0}, [name])
    assert link.restore(other, dict(parse_qsl(link.query(session, {})))) == []
    assert other.of(attributes.Changes) == session.of(attributes.Changes)


@pytest.mark.parametrize("origin", ["sample", "map"])
def test_a_link_names_who_drew_what_others_encode(origin):
    session, other = Session(), Session()
    session.names = ["celeba32/faae", "celeba32/aae"]
    picture = session.draw(3) if origin == "sample" else session.refer("map/7")
    session.put("corner-0", picture)
    reference = session.reference(picture)
    session.names = ["celeba32/vae", "celeba32/aae"]
    assert reference in session.reference(picture) != reference
    link.restore(other, dict(parse_qsl(link.query(session, {}))))
    restored = other.slots["corner-0"]
    for model in session.models:
        expected = session.codes([picture], model)
        assert torch.allclose(other.codes([restored], model), expected, atol=1e-5)
    with pytest.raises(Unavailable):
        other.refer(f"{reference}/celeba32/none")


def test_older_links_are_read_as_they_were():
    fields = {"hold": "Blond_Hair,50 %", "labels": "Male:1,:,Hat"}
    assert listed(fields, "hold") == ["Blond_Hair", "50 %"]
    assert paired(fields, "labels") == {"Male": "1", "Hat": ""}


def test_a_link_to_a_set_that_is_not_here_opens_one_with_its_models(session):
    names = session.catalogue.sets["celeba64"][:1]
    link.restore(session, {"set": "gone", "models": ",".join(names)})
    assert (session.model_set, session.names) == ("celeba64", names)


@pytest.mark.parametrize("fields", [{"set": "no"}, {"models": "no/faae,no/aae"}])
def test_a_link_to_what_is_not_here_says_so_and_nothing_stands_in_its_place(
    session, navigation, fields, monkeypatch
):
    fields |= {"tab": "sample", "reconstruct": "example/2", "labels": "Male:1"}
    with pytest.raises(UserError, match="no"):
        link.restore(session, fields)
    said = []
    monkeypatch.setattr(ui, "warn", lambda message, **how: said.append(message))
    ui.loader(navigation, {})(session, None, SimpleNamespace(query_params=fields))
    assert session.slots == session.labels == {}
    assert (session.tab, session.names) == ("reconstruct", ["celeba32/faae", "celeba32/aae"])
    assert said[0].startswith("This link cannot be opened here.")


def test_a_link_that_is_followed_has_the_settings_that_it_names_and_the_first_ones(session):
    ways = gr.Radio(["mean", "svm"], value="mean", render=False)
    controls = {"method": ways, "seed": gr.Slider(0, 9, 0, render=False)}
    session.controls = {"method": "svm", "seed": 5}
    going.jump(session, {"tab": "sample", "seed": "3"}, controls)
    assert session.controls == {"method": "mean", "seed": 3}
    with pytest.raises(UserError):
        going.jump(session, {"models": "none/here"}, controls)
    assert session.controls == {"method": "mean", "seed": 3}


def test_a_link_names_no_picture_that_it_does_not_bring_back(session):
    session.put("corner-0", map_row(session.models, 7).picture(0, session.catalogue.models))
    for slot in ("reconstruct", "attributes"):
        session.put(slot, session.examples()[0])
    assert link.left_out(session) == []
    cropped, toned = session.slots["reconstruct"], session.slots["attributes"]
    cropped.cropped(Crop(0, 0, 100))
    toned.tone(session.colours)
    assert link.left_out(session) == [quoted(cropped.label)]  # both have this name
    assert session.find(session.examples()[0].id).crop != cropped.crop
    toned.tone(None)
    assert "attributes=example/0" in link.query(session, {})
    session.choose_set("celeba64")
    assert "example" not in link.query(session, {}) and "map/" not in link.query(session, {})
    assert len(link.left_out(session)) == 2
