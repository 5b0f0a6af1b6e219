"""Groups of the map: the lasso, the board of what was chosen, links and history."""

import csv
from base64 import b64encode
from types import SimpleNamespace
from urllib.parse import parse_qsl

import gradio as gr
import numpy as np
import pytest
import torch
from gradio.context import LocalContext

from explorer.page import link
from explorer.page.mapped import groups
from explorer.page.mapped.points import View
from explorer.page.tabs import latent_map, teach
from explorer.session.attributes import Draft
from explorer.session.groups import Groups
from explorer.session.history import give, taken
from explorer.session.state import Session
from tests.explorer.conftest import event, few
from training.errors import UserError


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


def test_a_group_of_a_link_takes_no_other_ones_place(session):
    fields = {}
    for rows in ([1, 2, 3], [7, 8]):
        latent_map.show(session)
        session.of(Groups).here("celeba32").clear()
        groups.lasso(session, lassoed(rows))
        fields = fields or dict(parse_qsl(link.query(session, {})))
    for _ in range(2):  # the second time it is here
        assert link.restore(session, fields) == []
        known = {"Group 1": (7, 8), "Group 1 (2)": (1, 2, 3)}
        assert session.of(Groups).here("celeba32") == known
        assert session.of(View).group == "Group 1 (2)"


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
