"""The handlers of the tab Latent map, without a browser."""

import csv
from base64 import b64decode, b64encode
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import parse_qsl

import gradio as gr
import numpy as np
import pytest
import torch
from gradio.context import LocalContext
from PIL import Image

from explorer.exchange import kept, layout
from explorer.exchange.kept import EXPORTS
from explorer.page import link
from explorer.page.mapped import groups
from explorer.page.mapped.points import View
from explorer.page.tabs import latent_map, teach
from explorer.session.attributes import Draft
from explorer.session.groups import Groups
from explorer.session.history import give, taken
from explorer.session.state import Session
from explorer.verbs.map import latent_map as verb
from tests.explorer.conftest import CHECKPOINTS, event
from training.errors import UserError


def test_the_map_shows_every_face_and_decodes_the_chosen_one(session):
    value, *_ = latent_map.show(session)
    count = len(session.models[0].latents.codes)
    for panel, model in zip(value["panels"], session.models, strict=True):
        points = torch.frombuffer(bytearray(b64decode(panel["points"])), dtype=torch.float32)
        assert torch.equal(points.view(2, count).T, model.latents.map)
    board = latent_map.choose(session, event(index=7))
    assert board["rows"][0]["title"] == "Face 7" and len(board["rows"][0]["cards"]) == 2
    preview, *_ = latent_map.servers(str(CHECKPOINTS))
    seen = preview({"index": 7, "models": session.names})
    assert seen["images"] == [card["src"] for card in board["rows"][0]["cards"]]


def test_pictures_land_on_the_map_beside_their_nearest_faces(session, photo, bad):
    paths = [str(photo), str(bad("notes.png"))]
    value, said = latent_map.add_pictures(session, paths)
    assert [own["label"] for own in value["own"]] == ["astronaut.jpg"]
    assert "1 of 2" in said and "notes.png is not a picture" in said
    model = session.models[0]
    session.of(latent_map.Own).pictures[0].codes[model.name] = model.latents.codes[11]
    assert torch.allclose(latent_map.place(session, model)[0], model.latents.map[11], atol=1e-2)


def test_one_picture_is_no_pictures(session, photo):
    latent_map.add_pictures(session, [str(photo)])
    assert latent_map.remove_all(session)[1] == "1 picture of yours is removed."


def test_pictures_that_come_while_others_are_removed_are_on_the_map(session, photo, monkeypatch):
    latent_map.add_pictures(session, [str(photo)])
    found = session.photo

    def meanwhile(*args, **options):
        latent_map.remove_all(session)
        return found(*args, **options)

    monkeypatch.setattr(session, "photo", meanwhile)
    value, said = latent_map.add_pictures(session, [str(photo)])
    assert len(value["own"]) == 1 and "1 of 1" in said


def test_a_picture_that_is_given_again_lies_there_once(session, photo, tmp_path, monkeypatch):
    latent_map.add_pictures(session, [str(photo)])
    again, other = tmp_path / "again.png", tmp_path / "other.png"
    with Image.open(photo) as picture:
        picture.save(again)
        picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(other)
    value, said = latent_map.add_pictures(session, [str(again), str(other)])
    assert [own["label"] for own in value["own"]] == ["astronaut.jpg", "other.png"]
    assert "2 of 2" in said and "At most" not in said
    monkeypatch.setattr(latent_map, "OWN_LIMIT", 2)
    _, said = latent_map.add_pictures(session, [str(again), str(other)])
    assert "2 of 2" in said and "At most" not in said  # none needs another place
    with Image.open(photo) as picture:
        picture.convert("L").save(other)
    value, said = latent_map.add_pictures(session, [str(again), str(other)])
    assert len(value["own"]) == 2 and "1 of 2" in said and "At most 2" in said


def test_what_comes_on_no_map_is_said_without_a_count_of_none(session, photo, bad):
    _, said = latent_map.add_pictures(session, [str(bad("notes.png"))])
    assert said.startswith("Left out, 1: notes.png is not a picture")
    session.names = ["celeba32/gan"]
    _, said = latent_map.add_pictures(session, [str(photo)])
    assert said.startswith("No model that is compared can map pictures of yours")


def lassoed(rows: list[int]) -> gr.EventData:
    """What the page's script sends of a lasso around these rows."""
    bits = np.zeros(max(rows, default=0) + 1, dtype=bool)
    bits[rows] = True
    return event(rows=b64encode(np.packbits(bits).tobytes()).decode())


def test_a_lasso_makes_a_group_with_its_mean_and_the_nearest_members(session):
    latent_map.show(session)
    rows = [3, 8, 40, 41, 77, 200]
    board, update = groups.lasso(session, lassoed(rows))
    assert session.of(Groups).here("celeba32") == {"Group 1": tuple(rows)}
    titles = [row["title"] for row in board["rows"]]
    assert titles[0] == "Group 1: mean of 6" and len(titles) == 5
    shown = update["groups"]
    assert shown["names"] == [["Group 1", 6]] and shown["chosen"] == "Group 1"
    assert groups.rows_of(shown["rows"]) == rows
    mean = session.tile("map", 0)
    model = session.models[0]
    middle = model.project(model.latents.codes[rows].mean(dim=0, keepdim=True))
    assert torch.nn.functional.cosine_similarity(mean.codes[model.name][None], middle) > 0.999
    assert session.tile("map", 1).reference == f"map/{titles[1].removeprefix('Face ')}"


def test_a_new_group_is_named_in_the_visitors_language(session, monkeypatch):
    latent_map.show(session)
    asked = SimpleNamespace(headers={"accept-language": "de"})
    token = LocalContext.request.set(asked)
    try:
        groups.lasso(session, lassoed([3, 8, 40]))
    finally:
        LocalContext.request.reset(token)
    assert [*session.of(Groups).here("celeba32")] == ["Gruppe 1"]


def test_groups_are_renamed_chosen_and_removed(session):
    for rows in ([1, 2], [3, 4, 5]):
        groups.lasso(session, lassoed(rows))
    groups.act(session, event(act="rename", name="Group 1", to=" With hats "))
    assert groups.here(session) == {"With hats": (1, 2), "Group 2": (3, 4, 5)}
    with pytest.raises(UserError, match="There is a group 'Group 2' already"):
        groups.act(session, event(act="rename", name="With hats", to="Group 2"))
    board, _ = groups.act(session, event(act="choose", name="Group 2", to=""))
    assert board["rows"][0]["title"] == "Group 2: mean of 3"
    _, update = groups.act(session, event(act="remove", name="Group 2", to=""))
    assert update["groups"]["names"] == [["With hats", 2]] and update["groups"]["chosen"] == ""
    with pytest.raises(UserError, match="There is no group"):
        groups.act(session, event(act="choose", name="Group 2", to=""))


def test_the_board_follows_a_group_that_is_renamed_or_removed(session):
    groups.lasso(session, lassoed([1, 2, 3]))
    board, _ = groups.act(session, event(act="rename", name="Group 1", to="With hats"))
    assert board["rows"][0]["title"] == "With hats: mean of 3"
    board, _ = groups.act(session, event(act="remove", name="With hats", to=""))
    assert board["rows"] == []
    groups.lasso(session, lassoed([1, 2, 3]))
    latent_map.choose(session, event(index=7))  # which is on the board now
    for act, name, to in (("rename", "Group 1", "With hats"), ("remove", "With hats", "")):
        board, _ = groups.act(session, event(act=act, name=name, to=to))
        assert board == gr.skip()


def test_what_teaches_follows_a_group_that_is_renamed_or_removed(session):
    groups.lasso(session, lassoed([1, 2, 3]))
    teach.teach_with(session, "Group 1")
    given = session.of(Draft).lesson.given
    groups.act(session, event(act="rename", name="Group 1", to="With hats"))
    assert given.group == "With hats" and teach.show(session)[0]["group"] == "With hats"
    groups.act(session, event(act="remove", name="With hats", to=""))
    assert given.group == "" and teach.show(session)[0]["groups"] == []


def test_groups_go_into_a_link_as_far_as_they_fit_and_come_back(session, monkeypatch):
    for rows in ([1, 2, 3000], [7, 9]):
        groups.lasso(session, lassoed(rows))
    groups.act(session, event(act="rename", name="Group 1", to="Hats, 100 %: ü"))
    made = {"Hats, 100 %: ü": (1, 2, 3000), "Group 2": (7, 9)}
    fields = dict(parse_qsl(link.query(session, {})))
    assert link.left_out(session) == []
    other = Session(session.root)
    assert link.restore(other, fields) == []
    assert groups.here(other) == made and other.of(View).group == "Hats, 100 %: ü"
    *_, board = latent_map.show(other)
    assert board["rows"][0]["title"] == "Hats, 100 %: ü: mean of 3"
    monkeypatch.setattr(groups, "LINKED", 100)
    assert link.left_out(session) == ["the group 'Hats, 100 %: ü'"]
    short = dict(parse_qsl(link.query(session, {})))
    assert [*short["groups"].split(",")] == ["Group 2:AUA="] and "group" not in short
    bits = groups.ui.row_bits([10**6])
    gone = link.restore(other, {"groups": f"Far:{bits},Bad:!,None:"})
    assert gone == ["the group 'Far'", "the group 'Bad'", "the group 'None'"]
    assert groups.here(other) == made


def test_the_board_follows_the_chosen_group_through_undo_and_redo(session):
    def back(to):
        give(session, steps[to])
        *_, board = latent_map.show(session)
        return [row["title"] for row in board["rows"]][:1]

    *_, board = latent_map.show(session)
    assert board["rows"] == []
    steps = [taken(session)]
    for rows in ([1, 2, 3], [4, 5]):
        groups.lasso(session, lassoed(rows))
        steps.append(taken(session))
    assert back(1) == ["Group 1: mean of 3"]
    assert back(0) == []
    assert back(2) == ["Group 2: mean of 2"]
    latent_map.choose(session, event(index=7))
    assert back(1) == ["Face 7"]


def board_of(session) -> list[tuple[str, int]]:
    """What the board then shows: titles of rows, with how many models draw them."""
    *_, board = latent_map.show(session)
    return [(row["title"], len(row["cards"])) for row in board["rows"]]


def test_the_board_is_of_the_compared_models_that_have_what_was_chosen(session, photo):
    latent_map.add_pictures(session, [str(photo)])
    latent_map.show(session)
    points = [{"index": 7}, {"near": [1, 2], "weights": [0.5, 0.5]}, {"index": -1}]
    for point in points:
        title = latent_map.choose(session, event(**point))["rows"][0]["title"]
        for count in (1, 2):
            session.names = ["celeba32/faae", "celeba32/aae"][:count]
            assert board_of(session) == [(title, count)]
            assert [*session.grids["map"].codes] == session.names
        session.names = ["celeba32/gan"]  # which has no codes, and no encoder
        assert board_of(session) == [] and "map" not in session.grids
        session.choose_set("mnist32")
        assert board_of(session) == [] and "map" not in session.grids
        session.choose_set("celeba32")
        assert board_of(session) == [(title, 2)]
    groups.lasso(session, lassoed([1, 2, 3]))
    session.names = session.names[:1]
    assert board_of(session)[0] == ("Group 1: mean of 3", 1)


def test_the_board_is_emptied_where_no_model_has_the_group_that_undo_brings_back(
    session, monkeypatch
):
    steps = []
    for rows in ([1, 2], [5, 3000]):
        groups.lasso(session, lassoed(rows))
        steps.append(taken(session))
    groups.act(session, event(act="choose", name="Group 1", to=""))
    for model in session.models:
        few(model, monkeypatch, 100)
    give(session, steps[1])
    *_, board = latent_map.show(session)
    assert board["rows"] == []


def test_there_is_room_for_so_many_groups_whose_rows_the_history_shares(session):
    for _ in range(groups.MOST):
        groups.lasso(session, lassoed([1, 2, 300]))
    with pytest.raises(UserError, match=r"^At most 40 groups fit here: remove one of them\.$"):
        groups.lasso(session, lassoed([1, 2]))
    one, two = taken(session), taken(session)
    held = [each.own[Groups].of["celeba32"]["Group 1"] for each in (one, two)]
    assert held[0] is held[1] is groups.here(session)["Group 1"]


@pytest.mark.parametrize("rows", ["", "AAAA", "no base64!"])
def test_an_empty_lasso_is_said_and_makes_no_group(session, rows):
    with pytest.raises(UserError, match="The lasso holds no point"):
        groups.lasso(session, event(rows=rows))
    assert groups.here(session) == {}


def test_a_group_is_saved_with_labels_and_codes(session):
    key = latent_map.maps(session)["key"]
    groups.lasso(session, lassoed([5, 9]))
    told = groups.export_group({"key": key, "name": "Group 1"})
    header, *lines = csv.reader(told["csv"].splitlines())
    latents = session.models[0].latents
    assert header[:2] == ["row", latents.names[0]] and [line[0] for line in lines] == ["5", "9"]
    assert len(header) == 1 + len(latents.names) + 2 * 256
    first = header.index("celeba32/faae 0")
    assert float(lines[1][first]) == pytest.approx(float(latents.codes[9, 0]), rel=1e-4)
    session.names = ["celeba32/gan"]  # which has no codes
    why = groups.export_group({"key": key, "name": "Group 1"})["problem"]
    assert "No model that is compared has these pictures" in str(why)


def test_filters_layout_and_switches_go_into_a_link_and_come_back(session):
    latent_map.refine(session, ["Smiling"], ["Male"], "any", ["near"])
    steps = [*latent_map.lay_out(session, "pca")]
    points = [each["points"] for each in steps[-1][0]["panels"]]
    assert len(set(points)) == 2 and "PCA" in steps[-1][0]["note"]
    fields, other = latent_map.pack(session), Session(session.root)
    latent_map.unpack(other, fields)
    assert other.of(View) == session.of(View)
    value, _, has, *_ = latent_map.show(other)
    assert value["look"]["has"] == has["value"] == ["Smiling"] and value["look"]["near"]
    assert [each["points"] for each in value["panels"]] == points


def test_a_link_says_which_attributes_of_its_filter_are_not_here(session):
    fields = {"has": "Smiling,Wings", "lacks": "Male"}
    assert latent_map.unpack(session, fields) == ["the attribute 'Wings'"]
    look = session.of(View).look
    assert (look.has, look.lacks) == (["Smiling"], ["Male"])


def test_the_map_shows_what_has_one_of_some_attributes_and_none_of_others(session):
    update, *_ = latent_map.refine(session, ["Smiling", "Eyeglasses"], ["Male", "Young"], "any", [])
    rows = groups.rows_of(update["look"]["rows"])
    latents = session.models[0].latents
    has = {
        name: latents.labels[rows, latents.names.index(name)] for name in session.of(View).look.has
    }
    assert 0 < len(rows) < len(latents.labels)
    assert torch.stack([*has.values()]).any(dim=0).all() and not has["Smiling"].all()
    for name in ("Male", "Young"):
        assert not latents.labels[rows, latents.names.index(name)].any()
    update, *_ = latent_map.refine(session, [], [], "any", [])
    assert update["look"]["rows"] == ""
    assert latent_map.maps(session)["look"]["rows"] == ""


def test_neighbours_are_those_of_each_models_own_codes(session):
    key = latent_map.maps(session)["key"]
    *_, pictures, near = latent_map.servers(str(CHECKPOINTS))
    told = near({"key": key, "index": 7, "models": session.names})
    for model in session.models:
        far = torch.cdist(model.latents.codes[7:8], model.latents.codes)[0]
        assert told["rows"][model.name] == far.argsort()[1:9].tolist()
    drawn = pictures({"model": session.names[0], "rows": [1, 2, 3]})
    assert drawn["size"] == 32 and drawn["src"].startswith("data:image/png")
    with pytest.raises(UserError, match="none of the maps"):
        pictures({"model": session.names[0], "rows": [10**6]})


def few(model, monkeypatch, count: int) -> None:
    """Gives a model no more codes than these."""
    known = model.latents
    less = replace(known, codes=known.codes[:count], labels=known.labels[:count], map=None)
    monkeypatch.setattr(model, "latents", less)


def test_few_codes_are_laid_out_at_once(session, monkeypatch):
    model, asked = session.models[0], []
    few(model, monkeypatch, layout.UMAP_NEEDS - 1)
    session.names = [model.name]
    monkeypatch.setattr(EXPORTS, "map", lambda *how: asked.append(how))
    steps = [*latent_map.lay_out(session, layout.TSNE)]
    assert steps[-1][0]["panels"][0]["points"] and asked == []


def test_a_map_is_told_where_none_can_be_kept(session, monkeypatch, tmp_path):
    model = session.models[0]
    few(model, monkeypatch, 40)
    (tmp_path / "file").touch()
    monkeypatch.setattr(kept, "place", lambda kind: tmp_path / "file")
    assert verb(model, layout=layout.TSNE).points.shape == (40, 2)
