"""The handlers of the tab Restore, without a browser."""

from base64 import urlsafe_b64encode

import gradio as gr
import numpy as np
import orjson
import pytest
import torch

from explorer.page import going, link, ui
from explorer.page.components.wire import Live, answers
from explorer.page.guard.calls import UNFIT, Event
from explorer.page.tabs import restore
from explorer.pictures.mask import SIDE, bits_of
from explorer.session.history import History
from explorer.session.state import Unavailable
from explorer.session.written import of_verb
from training.codes.damage import BLUR, GREY, LOW, NOISE, REGION
from training.errors import UserError


@pytest.fixture
def opened(session, monkeypatch):
    """A session at the tab, with a picture that the models draw; inversions are short."""
    monkeypatch.setattr(restore, "STEPS", 20)
    session.tab = restore.NAME
    session.put(restore.NAME, session.examples()[1])
    return session


def show(session, kind, damaged=False):
    return restore.show(session, kind, 6.0, 15.0, 4.0, damaged)


def stat(row: dict, name: str) -> list[str]:
    """A figure of a row, by column; of a column that lacks it nothing."""
    return [dict(each[:2] for each in card["stats"]).get(name) for card in row["cards"]]


@pytest.mark.parametrize("kind", [REGION, BLUR, NOISE, LOW])
def test_what_is_restored_is_nearer_than_the_damaged_picture(opened, kind):
    value, box, *sliders = show(opened, kind)
    assert [row["title"] for row in value["rows"]] == ["Encoder"]
    assert box["shown"] == (kind == REGION) and box["src"]
    assert [each["visible"] for each in sliders] == [kind == each for each in (BLUR, NOISE, LOW)]
    *_, last = restore.invert(opened)
    assert [row["title"] for row in last["rows"]] == ["Encoder", "Restored", "Inversion alone"]
    damaged = float(stat(last["rows"][0], "PSNR")[0].removesuffix(" dB"))
    plain, *restored = [float(each.removesuffix(" dB")) for each in stat(last["rows"][1], "PSNR")]
    assert all(each > damaged for each in restored) and max(restored) > plain
    assert [*restore.invert(opened)] == [gr.skip()]  # it is done
    assert opened.tile(restore.NAME, 1).real  # what is restored has no code until it is encoded
    assert set(opened.tile(restore.NAME, 2).codes) == set(opened.names)


def test_a_picture_that_is_damaged_already_has_no_figures(opened):
    show(opened, LOW, damaged=True)
    *_, last = restore.invert(opened)
    assert all(set(stat(row, "PSNR")) == {None} for row in last["rows"])
    assert "There is none" in str(last["rows"][2]["cards"][0]["said"])


def test_a_box_over_everything_gives_a_sentence_and_changes_nothing(opened):
    show(opened, REGION)
    before = opened.of(restore.Harm).box
    with pytest.raises(UserError, match=r"covers all of the picture: leave a part"):
        restore.draw_box(opened, [0.0, 0.0, 1.0, 1.0])
    assert opened.of(restore.Harm).box == before
    restore.draw_box(opened, [0.2, 0.2, 0.3, 0.3])
    assert opened.of(restore.Harm).box == [0.2, 0.2, 0.3, 0.3]


def bits(rows: slice, columns: slice, painted: bool = True) -> str:
    """A mask of what is painted in these rows and columns, or of all that is not."""
    lit = np.full((SIDE, SIDE), not painted)
    lit[rows, columns] = painted
    return urlsafe_b64encode(np.packbits(lit).tobytes()).decode()


STROKE, OTHER = bits(slice(16, 32), slice(8, 56)), bits(slice(8, 48), slice(20, 26))


def test_what_is_painted_is_what_is_missing_until_a_box_is_drawn(opened):
    show(opened, REGION)
    boxed = restore.draw(opened)["rows"]
    restore.paint(opened, STROKE)
    found = restore.first(opened, opened.slots[restore.NAME])
    for model, each in found.items():
        cell = SIDE // model.image_size
        rows, columns = slice(16 // cell, 32 // cell), slice(8 // cell, 56 // cell)
        painted = torch.zeros(model.image_size, model.image_size, dtype=torch.bool)
        painted[rows, columns] = True
        assert torch.equal(each.of.damage.mask, painted)
        assert (each.of.y[0, :, painted] - GREY).abs().max() < 1 / 255
    assert restore.draw(opened)["rows"] != boxed and restore.drawn(opened)["mask"] == STROKE
    *_, last = restore.invert(opened)
    assert [row["title"] for row in last["rows"]] == ["Encoder", "Restored", "Inversion alone"]
    restore.draw_box(opened, [0.2, 0.2, 0.3, 0.3])
    assert restore.drawn(opened)["mask"] == ""


@pytest.mark.parametrize(
    "sent, why",
    [
        (bits(slice(0, SIDE), slice(0, SIDE)), "covers all of the picture: leave a part"),
        (
            bits(slice(0, 2), slice(0, 32), painted=False),
            "less than 2% of the picture: leave more of it",
        ),
        (bits(slice(0, 0), slice(0, 0)), "Nothing is painted out"),
    ],
)
def test_a_mask_of_no_use_gives_a_sentence_and_changes_nothing(opened, sent, why):
    show(opened, REGION)
    restore.paint(opened, STROKE)
    with pytest.raises(UserError, match=why):
        restore.paint(opened, sent)
    assert restore.drawn(opened)["mask"] == STROKE


def test_the_page_sends_bits_or_is_told_that_these_are_none(opened):
    show(opened, REGION)
    ask = answers(Live({"mask": restore.paint}, restore.draw))
    asked = {"key": restore.draw(opened)["key"], "moving": True}
    for sent in ("x", "ü" * 683 + "=", STROKE[:-4], 7):
        answer = ask(asked | {"parts": {"mask": sent}})
        assert orjson.loads(answer.body)["problem"]["say"] == UNFIT
    ask(asked | {"parts": {"mask": STROKE}})
    assert bits_of(opened.of(restore.Harm).mask) == STROKE


def test_strokes_are_undone_one_by_one(opened):
    show(opened, REGION)
    history = opened.of(History)
    history.note(opened, belongs=False)
    for stroke in (STROKE, OTHER):
        restore.paint(opened, stroke)
        history.note(opened, belongs=False)
        assert history.steps[-1].said == [restore.KINDS[REGION]]
    for before in (STROKE, ""):
        assert history.go(opened, history.at - 1)
        assert restore.drawn(opened)["mask"] == before


def test_a_link_and_a_program_have_the_mask(opened):
    show(opened, REGION)
    restore.paint(opened, STROKE)
    fields = restore.pack(opened)
    text = of_verb(opened, *restore.verb(opened))
    assert f"mask=session.refer('mask/{STROKE}')" in text and "box=" not in text
    restore.draw_box(opened, [0.1, 0.1, 0.1, 0.1])
    for mask in ("", "x", "é" * 684, bits(slice(0, SIDE), slice(0, SIDE))):
        restore.unpack(opened, {"mask": mask})
        assert opened.of(restore.Harm).mask is None
    restore.unpack(opened, fields)
    assert bits_of(opened.of(restore.Harm).mask) == STROKE
    assert bits_of(opened.refer(f"mask/{STROKE}")) == STROKE
    with pytest.raises(Unavailable):
        opened.refer("mask/x")


def test_a_stopped_inversion_stays_as_it_is(opened):
    show(opened, REGION)
    search = restore.invert(opened)
    next(search)
    restore.stop(opened, Event(None, {}))
    assert [*search] == []


def test_a_stopped_inversion_goes_on_from_where_it_stands(opened):
    show(opened, REGION)
    error = []

    def errors(value: dict) -> list[float]:
        psnr = stat(value["rows"][2], "PSNR")[1:]
        return [-float(each.removesuffix(" dB")) for each in psnr]

    error.append(errors(next(restore.invert(opened))))
    stopped = restore.stop(opened, Event(None, {}))
    row = stopped["rows"][1]
    assert row["stopped"] and row["note"] == "stopped after 5 of 20 steps"
    assert row["progress"] is None and errors(stopped) == error[0]
    assert [*restore.invert(opened)] == [gr.skip()]  # it waits
    assert restore.draw(opened)["rows"][1]["stopped"]
    assert restore.verb(opened)[1]["steps"] == 5
    values = [*restore.resume(opened)]
    assert len(values) == 3 and not values[-1]["rows"][1]["stopped"]
    error.append(errors(values[-1]))
    assert max(after - before for before, after in zip(*error, strict=True)) < 0
    assert [*restore.invert(opened)] == [gr.skip()]
    assert len(restore.draw(opened)["rows"]) == 3 and restore.verb(opened) is None
    show(opened, BLUR)
    assert len(restore.draw(opened)["rows"]) == 1
    assert len([*restore.invert(opened)]) == 4


def test_a_link_and_a_program_have_the_region(opened):
    show(opened, REGION)
    restore.draw_box(opened, [0.25, 0.5, 0.25, 0.125])
    fields = restore.pack(opened)
    restore.draw_box(opened, [0.1, 0.1, 0.1, 0.1])
    restore.unpack(opened, {"box": "0,0,1,1"})  # which covers everything
    restore.unpack(opened, {"box": "0,nan,x"})
    assert opened.of(restore.Harm).box == [0.1, 0.1, 0.1, 0.1]
    restore.unpack(opened, fields)
    assert opened.of(restore.Harm).box == [0.25, 0.5, 0.25, 0.125]
    found = of_verb(opened, *restore.verb(opened))
    assert "box=[0.25, 0.5, 0.25, 0.125]" in found


def test_a_link_has_whether_the_picture_is_damaged_already(session, navigation):
    controls = navigation.parts[restore.TAB].controls
    for damaged in (True, False):
        set_to = {"damage": BLUR, "blur": 0, "noise": 1, "damaged": damaged}
        fields = dict(pair.split("=") for pair in link.query(session, set_to).split("&"))
        assert fields.get("damaged", "") == ("1" if damaged else "") and fields["noise"] == "1"
        going.follow(session, fields, controls)
        assert session.controls["damaged"] is damaged


def test_the_tab_opens_with_an_example(session):
    session.tab = restore.NAME
    ui.fill(restore.TAB, session)
    assert show(session, REGION)[0]["rows"]


def test_an_inversion_that_nobody_waits_for_clears_no_board(opened, monkeypatch):
    """Gradio clears the outputs of what gives nothing, which are those of all tabs."""
    found = restore.beside

    def left(*of):
        opened.tab = "morph"
        return found(*of)

    monkeypatch.setattr(restore, "beside", left)
    assert [*restore.invert(opened)] == [gr.skip()]
