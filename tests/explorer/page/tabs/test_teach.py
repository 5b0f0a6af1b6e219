"""The handlers of the view Teach, without a browser."""

import json
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest
import torch

from explorer.page import components as ui
from explorer.page.tabs import attributes, discover, teach
from explorer.pictures.faces import Crop
from explorer.session.attributes import Own
from explorer.session.groups import Groups
from explorer.session.state import Session
from explorer.verbs.common.attributes import Attribute, Direction, Known
from explorer.words import say
from tests.explorer.conftest import event
from training.codes.directions import DEFAULT


def rows(session: Session, has: bool, count: int) -> tuple[int, ...]:
    """Of the mapped pictures that smile, or do not."""
    latents = session.models[0].latents
    labels = latents.labels[:, latents.names.index("Smiling")]
    return tuple((labels == has).nonzero()[:count, 0].tolist())


@pytest.fixture
def grouped(session) -> Session:
    """A session with two groups of the map, which are the two sides of a lesson."""
    groups = session.of(Groups).here(session.model_set)
    groups |= {"smiles": rows(session, True, 40), "others": rows(session, False, 40)}
    teach.take(session, event(side="given", group="smiles"))
    teach.take(session, event(side="lacking", group="others"))
    return session


def test_a_group_teaches_models_of_its_own_set_alone(grouped):
    teach.show(grouped)
    teach.add(grouped, "Grin")
    grouped.choose_set("cifar32")
    for model in grouped.models:
        assert grouped.of(Own).directions(model, DEFAULT) == {}


def told(session: Session) -> dict:
    """What the view says of the lesson."""
    return teach.show(session)[2]


def test_two_groups_of_the_map_teach_every_model(grouped):
    *sides, lesson, tiles = teach.show(grouped)
    assert [side["group"] for side in sides] == ["smiles", "others"]
    assert dict(sides[0]["groups"]) == {"smiles": 40, "others": 40}
    assert [each["title"] for each in lesson["models"]] == ["F-AAE", "AAE"]
    for model in lesson["models"]:
        for _, auc, low, high, d, chance in model["rows"]:
            assert low < auc < high and d > 0.3 and chance > 0
    assert "Smiling" in [each["name"] for each in lesson["apart"]]
    assert len(tiles["panels"]) == 2 and tiles["labels"][2] == "+2 deviations"
    for panel in tiles["panels"]:
        assert panel["heads"] == ["−2, without it", "0, in between", "+2, with it"]
        assert all(isinstance(each, say) for each in panel["heads"])  # in every language
        assert panel["note"].startswith("The middle of all your pictures")
    assert grouped.tile("teach", 2).codes.keys() == {model.name for model in grouped.models}


def test_pictures_of_both_groups_are_left_out_and_of_large_groups_the_rest(grouped, monkeypatch):
    groups = grouped.of(Groups).here(grouped.model_set)
    shared, apart = groups["others"][:5], groups["others"][5:]
    groups["smiles"] = (*groups["smiles"], *shared)
    given, lacking, lesson, _ = teach.show(grouped)
    assert (
        given["problem"]
        == lacking["problem"]
        == "5 pictures are in both groups: they are left out."
    )
    assert not lesson["said"] and all(model["rows"] for model in lesson["models"])
    monkeypatch.setattr(teach, "MOST", 10)
    _, lacking, *_ = teach.show(grouped)
    assert lacking["problem"].endswith("Of 35 pictures the first 10 teach.")
    assert grouped.of(teach.Draft).lesson.lacking.rows == apart[:10]


def test_what_is_ticked_is_projected_out(grouped):
    for name, on in (("Smiling", True), ("Young", True), ("Male", True), ("Young", False)):
        teach.tell_apart(grouped, event(name=name, on=on))
    ticked = {each["name"]: each["cosines"] for each in told(grouped)["apart"] if each["on"]}
    assert ticked == {name: [pytest.approx(0, abs=0.01)] * 2 for name in ("Smiling", "Male")}


def test_what_is_kept_is_a_slider_in_every_model_also_in_those_chosen_later(grouped):
    *_, said = teach.add(grouped, "Grin")
    assert said == "Grin is a slider in Edit."
    grouped.put("attributes", grouped.examples()[4])
    board, sliders, _ = attributes.show(grouped, DEFAULT)
    assert sliders["attributes"][0]["name"] == "Grin"
    figures = sliders["attributes"][0]["figures"]
    assert [each["title"] for each in figures] == ["F-AAE", "AAE"]
    assert all(each["low"] < each["auc"] and abs(each["value"]) < 5 for each in figures)
    grouped.names = [*grouped.names, "celeba32/vae"]
    teach.remove(grouped, event(gone="none of these"))
    attributes.move(grouped, {"amounts": {"Grin": 3.0}, "held": []})
    board = attributes.edit(grouped)
    assert board["rows"][0]["note"] == "Grin +3"
    for card in board["rows"][0]["cards"]:
        ((name, effect, _), *_) = card["stats"]
        assert name == "Grin, measured" and float(effect) > 0.3
    assert all("Grin" in further for _, _, further, _ in board["live"]["codes"])
    teach.remove(grouped, event(gone="Grin"))
    assert attributes.edit(grouped)["rows"][0]["note"] == "move a slider"  # none that it has
    assert grouped.of(Own).kept == {}
    assert attributes.pack(grouped) == {"edit": "", "hold": ""}
    attributes.move(grouped, {"amounts": {}, "held": []})
    assert grouped.of(attributes.Changes).amounts == {}


def test_what_was_taught_or_found_means_the_same_after_a_crop(session):
    given, lacking = session.examples()[1:7], session.examples()[7:12]
    for side, pictures in (("given", given), ("lacking", lacking)):
        for picture in pictures:
            session.keep(picture)
            teach.take(session, event(side=side, id=picture.id))
    teach.add(session, "Grin")
    session.put("attributes", given[0])
    discover.show(session, "jacobian")
    discover.keep(session, event(at=0, name="Light"))
    looks = [each.look for each in session.of(Own).pictures]
    given[0].cropped(Crop(8, 8, 20))
    assert [each.look for each in session.of(Own).pictures] == looks
    assert not any(row["kept"] for row in discover.show(session, "jacobian")["rows"])


def test_an_attribute_is_saved_and_loaded_by_another_visitor(grouped, tmp_path: Path):
    teach.add(grouped, "Grin")
    stamp = ui.stamp(grouped)
    content = json.loads(teach.exported({"key": stamp["key"], "name": "Grin"}).body)["content"]
    file = tmp_path / "grin.json"
    file.write_text(content)
    other = Session(grouped.root)
    *_, said = teach.load(other, str(file))
    assert said == "Grin is a slider in Edit, for F-AAE, AAE."
    for model in other.models:
        one, two = (each.of(Own).directions(model, DEFAULT)["Grin"] for each in (grouped, other))
        assert torch.equal(one, two)
    other.names = ["celeba32/vae"]
    other.of(Own).kept.clear()
    *_, said = teach.load(other, str(file))
    assert said.startswith("Grin is loaded, but none of the models")
    *_, said = teach.load(other, str(file))
    assert said.startswith("There is an attribute 'Grin' already")
    file.write_text('{"version": 7}')
    *_, said = teach.load(other, str(file))
    assert said.startswith("That file holds no attribute")


def test_of_a_file_what_fits_a_model_here_is_kept(session, tmp_path: Path):
    models = [*session.catalogue.models.values()]
    lengths = {models[0]: models[0].latent_size, models[1]: 1}
    known = {
        model.weights: Known(
            model=model.name, directions={DEFAULT: Direction(vector=[0.5] * length)}
        )
        for model, length in lengths.items()
    }
    known["of nobody here"] = Known(
        model="far/away", directions={DEFAULT: Direction(vector=[0.5] * 9999)}
    )
    file = tmp_path / "grin.json"
    file.write_text(Attribute(name="Grin", models=known).model_dump_json(exclude_none=True))
    teach.load(session, str(file))
    kept = session.of(Own).kept["Grin"].attribute
    assert [*kept.models] == [models[0].weights]
    assert kept.models[models[0].weights] == known[models[0].weights]


def test_an_attribute_without_a_name_is_asked_for_one(grouped):
    for name in ("", "  ", None):
        assert teach.add(grouped, name)[-1] == "The attribute has no name yet: give it one."
    assert "of up to" in teach.add(grouped, "a,b")[-1]


def test_what_does_not_suffice_is_said_and_nothing_is_lost(session, bad):
    examples = session.examples()
    assert told(session)["said"] == ""
    for picture in examples[:2]:
        session.keep(picture)
        teach.take(session, event(side="given", id=picture.id))
    assert "not 2 and 0" in told(session)["said"]
    *_, said = teach.add(session, "Grin")
    assert "not 2 and 0" in said
    teach.take(session, event(side="lacking", id=examples[0].id))
    teach.take(session, event(side="lacking", id=examples[1].id))
    assert "more than once" in told(session)["said"]
    _, side, *_, said = teach.take(session, event(side="lacking", files=[{"path": "/etc/passwd"}]))
    assert "not uploaded here" in side["problem"] and len(side["pictures"]) == 2
    draft = session.of(teach.Draft)
    assert draft == replace(draft, problems={})  # what was refused is no step for Undo
    assert said == ""  # what was said of the draft before is no longer true
    _, side, *_ = teach.take(session, event(side="lacking", id=examples[2].id, part="next"))
    assert "not uploaded here" in side["problem"] and len(side["pictures"]) == 3  # one of a choice
    _, side, *_ = teach.take(session, event(side="lacking", gone=None))
    assert not side["problem"]
    assert [len(each["pictures"]) for each in teach.show(session)[:2]] == [2, 0]


def test_a_direction_that_was_found_becomes_a_slider(session, monkeypatch):
    session.put("attributes", session.examples()[4])
    for by in ("pca", "jacobian"):
        value = discover.show(session, by)
        assert len(value["rows"]) == discover.COUNT and not value["said"]
        for model in (model for row in value["rows"] for model in row["models"]):
            if "why" not in model:
                assert model["labels"] == ["−2", "0", "+2"]
                assert len(model["images"]) == 3 and -1 <= model["consistency"] <= 1
        firsts, others = zip(*(row["models"] for row in value["rows"]), strict=True)
        assert all(not each["match"] for each in firsts)
        assert all(("images" in each) != ("why" in each) for each in others)
    with monkeypatch.context() as patch:
        patch.delattr(discover, "find")  # what was found is not looked for again
        value, said = discover.keep(session, event(at=1, name="Light"))
    assert said == "Light is a slider in Edit." and value["rows"][1]["kept"]
    session.names = [*session.names, "celeba32/vae"]
    _, sliders, _ = attributes.show(session, DEFAULT)
    assert [each["name"] for each in sliders["attributes"][:2]] == ["Light", "Smiling"]
    figures = sliders["attributes"][0]["figures"]
    assert len(figures) == 3 and all("consistency" in each for each in figures)
    _, said = discover.keep(session, event(at=0, name="Light"))
    assert said.startswith("There is an attribute 'Light' already")


def test_the_picture_whose_directions_are_shown_is_named_and_followed(session):
    for by in ("jacobian", "pca"):
        for picture in session.examples()[4:6]:
            session.put("attributes", picture)
            subject = discover.show(session, by)["subject"]
            assert picture.label in subject["said"] and subject["src"].startswith("data:image")
    assert discover.show(session, "jacobian")["subject"]["said"].startswith("Directions of G at")


def test_a_direction_that_another_model_lacks_says_so_and_is_a_slider_without_it(session):
    session.put("attributes", session.examples()[4])
    rows = discover.show(session, "pca")["rows"]
    at = next(at for at, row in enumerate(rows) if "why" in row["models"][1])
    assert rows[at]["models"][1]["why"].startswith("No direction of AAE does the same")
    discover.keep(session, event(at=at, name="Light"))
    slider = attributes.show(session, DEFAULT)[1]["attributes"][0]
    assert [each["title"] for each in slider["figures"]] == ["F-AAE"]
    assert [each["title"] for each in slider["lacking"]] == ["AAE"]


def test_what_was_kept_of_one_first_model_is_not_that_of_another(session):
    discover.show(session, "pca")
    discover.keep(session, event(at=0, name="Light"))
    assert discover.show(session, "pca")["rows"][0]["kept"]
    session.names = session.names[::-1]
    assert not any(row["kept"] for row in discover.show(session, "pca")["rows"])


@pytest.mark.parametrize("slot", [True, False])
def test_directions_are_found_once_the_codes_are_that_take_seconds(session, slot):
    session.faithful = True
    if slot:
        session.put("attributes", session.examples()[4])
    assert "codes are refined" in discover.show(session, "pca")["said"]
    value = discover.complete(session)
    assert len(value["rows"]) == discover.COUNT and not value["said"]
    assert discover.complete(session) == gr.skip()
    assert not discover.show(session, "sefa")["said"]


def test_a_slider_starts_at_the_pictures_own_value_and_shows_what_it_does(session):
    session.put("attributes", session.examples()[4])
    _, sliders, _ = attributes.show(session, DEFAULT)
    model, smiling = session.models[0], sliders["attributes"][0]
    z = session.codes([session.slots["attributes"]], model)[0]
    known, row = model.latents, model.latents.names.index("Smiling")
    vector = known.directions[DEFAULT].vectors[row]
    value = ((z - known.codes.mean(dim=0)) @ vector / vector.square().sum()).item()
    assert smiling["figures"][0]["value"] == pytest.approx(value, abs=0.01)
    changes = [{"amounts": {"Smiling": at}, "held": []} for at in (-2.0, 0.0, 2.0)]
    asked = {"key": ui.stamp(session)["key"], "changes": changes}
    images = json.loads(attributes.peek(asked).body)["images"]
    assert [len(of_model) for of_model in images] == [3, 3]
    before = attributes.edit(session)["rows"][1]["cards"][0]["src"]
    assert images[0][1] == before and len({*images[0]}) == 3
