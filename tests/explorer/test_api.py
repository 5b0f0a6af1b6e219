"""The endpoints, called as a program calls them."""

import os

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from explorer.session.examples import astronaut
from explorer.session.programs import answer, checked
from explorer.verbs import VERBS
from explorer.verbs.common.options import arguments
from tests.explorer.conftest import BAD
from training.data.pictures import open_picture
from training.errors import UserError

NAMES = ["celeba32/faae", "celeba32/aae"]


@pytest.fixture(scope="module")
def client(url) -> Client:
    return Client(url, verbose=False)


def test_exactly_the_verbs_are_public_and_documented(client):
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert set(endpoints) == {f"/{name}" for name in VERBS}
    inputs = [each["parameter_name"] for each in endpoints["/morph"]["parameters"]]
    assert inputs == ["pictures", "models", "n", "seed", "faithful"]
    assert all(each["description"] for each in endpoints.values())


def test_reconstruct(client, photo):
    gallery, figures = client.predict(handle_file(photo), NAMES, 20, api_name="/reconstruct")
    assert [each["caption"] for each in gallery][:3] == [
        "crop",
        "celeba32/faae encoder",
        "celeba32/faae refined",
    ]
    assert Image.open(gallery[1]["image"]).size == (32, 32)
    assert figures["crop"]["found"]
    for name in NAMES:
        assert figures[name]["refined"]["mse"] < figures[name]["encoder"]["mse"]
        assert len(figures[name]["refined"]["code"]) == 256


def test_a_picture_that_is_given_again_is_read_once(session, tmp_path):
    read = []

    def opened(path):
        read.append(path)
        return open_picture(path)

    for picture in (astronaut(), astronaut(), astronaut().rotate(90)):
        picture.save(tmp_path / "given.png")
        answer(session, VERBS["edit"], {"picture": tmp_path / "given.png"}, opened)
    assert len(read) == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_refused_and_not_waited_for(session, tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(UserError, match="pipe.png is no file but a pipe"):
        answer(session, VERBS["edit"], {"picture": tmp_path / "pipe.png"})


def test_morph(client, photo):
    gallery, figures = client.predict([handle_file(photo)], NAMES, 4, 0, False, api_name="/morph")
    assert [Image.open(each["image"]).size for each in gallery] == [(128, 128)] * 2
    assert len(figures["celeba32/aae"]["sharpness"]) == 4


def test_sample(client):
    gallery, figures = client.predict(NAMES, 3, 5, 1.0, api_name="/sample")
    assert len(gallery) == 10
    assert figures["celeba32/faae"] == figures["celeba32/aae"]  # the same codes


def test_edit(client):
    amounts = {"Smiling": 3, "Male": -1}
    gallery, figures = client.predict(None, NAMES, amounts, 7, False, api_name="/edit")
    assert [each["caption"] for each in gallery][2:] == [
        "celeba32/aae before",
        "celeba32/aae after",
    ]
    assert figures["celeba32/faae"]["before"] != figures["celeba32/faae"]["after"]
    _, held = client.predict(
        None, NAMES, amounts, 7, False, "logistic", ["Young", "Male"], api_name="/edit"
    )
    assert held["celeba32/aae"]["before"] == figures["celeba32/aae"]["before"]
    assert held["celeba32/aae"]["after"] != figures["celeba32/aae"]["after"]


def test_labels(client):
    model, labels = ["celeba32/icgan"], {"Male": True, "Eyeglasses": False}
    _, drawn = client.predict(model, 3, 5, 1.0, labels, api_name="/sample")
    ends = [code[-3:] for code in drawn["celeba32/icgan"]["codes"]]
    assert [(male, glasses) for male, _, glasses in ends] == [(1, 0)] * 5
    given = {"labels": {"Smiling": False}, "models": model, "seed": 3}
    _, edited = client.predict(None, **given, api_name="/edit")
    assert edited["celeba32/icgan"]["after"][-2] == 0
    assert edited["celeba32/icgan"]["after"][:-3] == edited["celeba32/icgan"]["before"][:-3]


def test_latent_map(client):
    answer = client.predict("celeba32/faae", "Smiling", api_name="/latent_map")
    assert len(answer["points"]) == len(answer["has"]) == 3641
    assert "Eyeglasses" in answer["attributes"]


@pytest.mark.parametrize("name", BAD)
def test_a_bad_upload_is_one_sentence(client, bad, name):
    with pytest.raises(AppError) as refused:
        client.predict(handle_file(bad(name)), NAMES, 0, api_name="/reconstruct")
    assert str(refused.value).startswith(BAD[name])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ((["celeba32/nvae"], 0, 4, 1.0, "/sample"), "choose from: celeba32/faae, celeba32/aae"),
        ((NAMES, 0, 0, 1.0, "/sample"), "count is 0: choose a whole number from 1 to 144"),
        ((None, NAMES, {"Grinning": 1}, 0, False, "/edit"), "Smiling"),
        ((None, NAMES, {}, 0, False, "mean", ["Grinning"], "/edit"), "no attribute 'Grinning'"),
        ((None, NAMES, {"Male": 1}, 0, False, "pca", [], "/edit"), "choose from: mean, logistic"),
    ],
)
def test_what_does_not_exist_lists_what_does(client, call, said):
    *inputs, endpoint = call
    with pytest.raises(AppError, match=said):
        client.predict(*inputs, api_name=endpoint)


@pytest.mark.parametrize("given", [None, ["a"], 3, {"x": 1}])
def test_what_is_no_picture_is_one_sentence_without_the_types_of_the_code(given):
    (argument,) = (each for each in arguments(VERBS["reconstruct"]) if each.name == "picture")
    with pytest.raises(UserError, match=r"^picture is .+: it should be a picture file\.$"):
        checked(argument, given)
