"""Teach, as programs have it: what is learned, what it does, and the file that holds it."""

import json

import pytest
import torch

from explorer import load_model, verbs
from explorer.__main__ import main
from explorer.pictures.render import to_pil
from explorer.verbs.common.attributes import Attribute, own_directions, read_attribute
from explorer.verbs.edit import measured
from tests.explorer.conftest import CHECKPOINTS
from training.codes.directions import DEFAULT, METHODS
from training.errors import UserError


@pytest.fixture
def found(session, mapped):
    given, lacking = (mapped("Smiling", has, 60) for has in (True, False))
    return verbs.teach(given, lacking, session.models, "Grin")


def test_pictures_teach_every_model_what_they_have_in_common(session, found):
    for model, taught in found.items():
        assert set(taught.lessons) == set(METHODS)
        for method, lesson in taught.lessons.items():
            assert lesson.low < lesson.auc < lesson.high
            assert lesson.cohens_d > 0.3
            assert taught.alike[method]["Smiling"] > 0.3
            cosines = [abs(each) for each in taught.alike[method].values()]
            assert cosines == sorted(cosines, reverse=True)
        assert taught.images.shape == (3, 3, 32, 32)
        known = taught.attribute.models[model.weights]
        assert known.model == model.name and set(known.directions) == set(METHODS)


def test_an_edit_moves_along_what_was_taught(session, found):
    attribute = next(iter(found.values())).attribute
    picture = session.examples()[4]
    for model, edit in verbs.edit(
        picture, session.models, {"Grin": 3.0}, taught=[attribute]
    ).items():
        assert edit.effects["Grin"] > 0.5  # as the encoder reads it from the picture
        before, after = (measured(model, z, DEFAULT)["Smiling"] for z in (edit.before, edit.after))
        assert after > before + 0.3
    with pytest.raises(UserError, match="no attribute 'Grin'"):
        verbs.edit(picture, session.models, {"Grin": 3.0})


def test_an_attribute_is_a_file_that_other_models_pass_over(session, found):
    attribute = next(iter(found.values())).attribute
    again = read_attribute(attribute.model_dump_json(exclude_none=True).encode())
    assert again == attribute
    model, stranger = session.models[0], load_model("celeba32/vae", CHECKPOINTS)
    assert own_directions(stranger, DEFAULT, [again]) == {}
    edits = verbs.edit(session.examples()[4], [model, stranger], {"Grin": 2.0}, taught=[again])
    assert torch.equal(edits[stranger].before, edits[stranger].after)
    forged = again.model_dump()
    for known in forged["models"].values():
        for each in known["directions"].values():
            each["vector"] = each["vector"][:7]  # of another length than the model's codes
    assert own_directions(model, DEFAULT, [Attribute.model_validate(forged)]) == {}


FORGED = {
    "no JSON": b"\x89PNG",
    "another thing": b'{"version": 1, "name": "a"}',
    "a number without end": b'{"version": 1, "name": "a", "models": {"b": {"model": "c", '
    b'"directions": {"mean": {"vector": [1e999]}}}}}',
    "a method": b'{"version": 1, "name": "a", "models": {"b": {"model": "c", "directions": '
    b'{"magic": {"vector": [1]}}}}}',
    "depth": b"[" * 100_000,
    "size": b" " * (33 << 20),
    "a name": b'{"version": 1, "name": "' + b"x" * 100 + b'", "models": {}}',
}


@pytest.mark.parametrize("content", FORGED.values(), ids=FORGED)
def test_a_forged_file_is_refused_in_a_sentence(content):
    with pytest.raises(UserError) as refused:
        read_attribute(content)
    said = str(refused.value)
    assert said.startswith("That file") and said.count(". ") == 0 and len(said) < 200


def test_attributes_are_projected_out(session, mapped):
    sides = [mapped("Smiling", has, 10) for has in (True, False)]
    apart = ["Smiling", "Male"]
    for taught in verbs.teach(*sides, session.models, apart=apart).values():
        for cosines in taught.alike.values():
            assert all(abs(cosines[name]) < 1e-3 for name in apart)
    with pytest.raises(UserError, match="no attribute 'Mirth'"):
        verbs.teach(*sides, session.models, apart=["Mirth"])


def test_what_does_not_suffice_is_said_in_a_sentence(session, mapped):
    given, lacking = (mapped("Smiling", has, 5) for has in (True, False))
    wrong = {
        "2 and 0": (given[:2], [], "Grin"),
        "1 and 5": (given[:1], lacking, "Grin"),
        "more than once": (given, given, "Grin"),
        "already": (given, lacking, "Smiling"),
        "needs a name": (given, lacking, "a, b"),
    }
    for said, (*sides, name) in wrong.items():
        with pytest.raises(UserError, match=said) as refused:
            verbs.teach(*sides, session.models, name)
        assert str(refused.value).count(". ") == 0


def test_teach_is_a_command_whose_file_edit_takes(session, mapped, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    model, files = session.models[0], {}
    for has in (True, False):
        files[has] = []
        for picture in mapped("Smiling", has, 5):
            files[has].append(f"{picture.label}.png")
            to_pil(model.decode(picture.codes[model.name][None])[0]).save(files[has][-1])
    where = ["--checkpoints", str(CHECKPOINTS), "--models", model.name, "--px", "32"]
    given = [*files[True], "--without", *files[False], "--name", "Grin", "--save", "grin.json"]
    assert main(["teach", *given, *where]) == 0
    assert "Linear SVM: AUC" in capsys.readouterr().out
    assert json.loads((tmp_path / "grin.json").read_text())["name"] == "Grin"
    edits = ["edit", files[True][0], "--taught", "grin.json", "--set", "Grin=2", *where]
    assert main(edits) == 0 and (tmp_path / "edit.png").is_file()
    (tmp_path / "other.json").write_text("{}")
    capsys.readouterr()
    assert main(["edit", "--taught", "other.json", *where]) == 2
    assert "holds no attribute" in capsys.readouterr().err
    assert main(["teach", files[True][0], "--without", files[False][0], *where]) == 2
    assert "at least 2 pictures" in capsys.readouterr().err


def test_of_two_attributes_of_one_name_each_model_takes_its_own(session, found):
    attribute = next(iter(found.values())).attribute
    model, stranger = session.models[0], load_model("celeba32/vae", CHECKPOINTS)
    foreign = attribute.model_copy(
        update={"models": {stranger.weights: attribute.models[model.weights]}}
    )
    for order in ([attribute, foreign], [foreign, attribute]):
        assert own_directions(model, DEFAULT, order).keys() == {"Grin"}
