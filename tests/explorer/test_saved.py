"""Pictures that carry what made them, and are made again from that."""

import base64
import io
import json
import struct

import av
import numpy as np
import pytest
import torch
from PIL import Image

from explorer.__main__ import main
from explorer.pictures.recipe import END, FORGED, KEY, MOST_TEXT, Repair, read_recipe, thing
from explorer.pictures.render import film, png_bytes, read_code
from explorer.session import saved
from explorer.session.saved import by_codes, drawn, found, of_grid, recipe, replay
from explorer.session.state import Unavailable
from explorer.verbs.common.grids import sample_grid
from tests.training.data.test_pictures import header_of_png
from training.codes.damage import BLUR, REGION
from training.errors import UserError

PLAIN = Image.new("RGB", (32, 32))
QUERY = "tab=sample&set=celeba32&seed=7"


@pytest.fixture
def said(session):
    session.put("attributes", session.draw(3))
    grid = sample_grid(session.models, 7, 4, 1.0)
    return of_grid(recipe(session, QUERY, ["attributes", "reconstruct"]), grid, 2)


def known(session, said):
    return found(said, session.catalogue.models)


@pytest.mark.parametrize("models", [1, 2])
def test_a_picture_is_made_again_bit_for_bit(session, said, tmp_path, capsys, models):
    if models == 1:
        said = said.model_copy(update={"weights": dict([*said.weights.items()][:1])})
    path, out = tmp_path / "face.png", tmp_path / "again.png"
    path.write_bytes(said.into(drawn(said, known(session, said))))
    read, again = replay(path, session.catalogue.models)
    assert read == said and again.apart == 0
    given = ["replay", str(path), "--out", str(out), "--checkpoints", session.root]
    assert main(given) == 0
    assert out.read_bytes() == path.read_bytes()
    told = capsys.readouterr().out
    assert "bit for bit" in told and QUERY in told and session.names[0] in told


def test_a_morph_is_made_again_of_its_corners(session, tmp_path):
    slots = [f"corner-{index}" for index in range(4)]
    for index, slot in enumerate(slots):
        session.put(slot, session.draw(index))
    said, path = recipe(session, "tab=morph", slots, tiles=3), tmp_path / "morph.png"
    path.write_bytes(said.into(drawn(said, known(session, said))))
    assert Image.open(path).width > 2 * 3 * saved.MORPH_PX
    assert replay(path, session.catalogue.models)[1].apart == 0


def test_a_file_tells_how_far_another_picture_is_from_what_it_says(session, said, tmp_path):
    path = tmp_path / "other.png"
    path.write_bytes(said.into(Image.new("RGB", drawn(said, known(session, said)).size)))
    assert replay(path, session.catalogue.models)[1].apart > 100
    path.write_bytes(said.into(PLAIN))
    assert replay(path, session.catalogue.models)[1].apart is None


def test_models_are_known_by_their_weights(session, said, tmp_path, capsys):
    renamed = {f"mine/{name[9:]}": weights for name, weights in said.weights.items()}
    codes = {f"mine/{name[9:]}": code for name, code in said.result.codes.items()}
    result = said.result.model_copy(update={"codes": codes})
    moved = said.model_copy(update={"weights": renamed, "result": result})
    pages = [np.asarray(drawn(each, known(session, each))) for each in (said, moved)]
    assert (pages[0] == pages[1]).all()
    gone = said.model_copy(update={"weights": {"celeba32/faae": "0" * 64}})
    path = tmp_path / "gone.png"
    path.write_bytes(gone.into(PLAIN))
    assert main(["replay", str(path), "--checkpoints", session.root]) == 2
    error = capsys.readouterr().err
    assert "'celeba32/faae', with weights that no model here has" in error
    assert error.count("\n") == 1


def test_a_file_without_a_recipe_says_so(session, tmp_path):
    path = tmp_path / "plain.png"
    PLAIN.save(path)
    large = header_of_png(60_000, 60_000)  # which is for who opens it to refuse
    for content in (path, b"no picture", large):
        assert read_recipe(content) is None and read_code(content) is None
    with pytest.raises(UserError, match="does not say how it was made"):
        replay(path, session.catalogue.models)


def gif_bytes(comment: bytes) -> bytes:
    file = io.BytesIO()
    PLAIN.save(file, "GIF", save_all=True, append_images=[PLAIN.rotate(90)], comment=comment)
    return file.getvalue()


def test_a_film_says_how_it_was_made_in_its_comment(said):
    text = f"{KEY}\0{said.text}".encode()
    assert len(text) > 255  # so that it takes several blocks
    assert read_recipe(gif_bytes(text)) == said
    assert read_recipe(gif_bytes(b"Made with a camera.")) is None
    with pytest.raises(UserError, match=FORGED):
        read_recipe(gif_bytes(f"{KEY}\0".encode() + b"\xff"))
    assert read_recipe(png_bytes(PLAIN, more={"comment": "Mine."})) is None


def film_bytes(path, text: bytes) -> bytes:
    """An MP4, which ends in a box of its own with the text."""
    film({"F-AAE": torch.rand(3, 3, 32, 32)}, path)
    body = END + text
    return path.read_bytes() + struct.pack(">I4s", 8 + len(body), b"uuid") + body


def test_an_mp4_says_how_it_was_made_at_its_end(session, said, tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(film_bytes(path, said.text.encode()))
    with av.open(str(path)) as opened:
        assert len([*opened.decode(video=0)]) == 3  # as without it
    assert read_recipe(path) == read_recipe(path.read_bytes()) == said
    assert main(["replay", str(path), "--checkpoints", session.root]) == 2
    assert read_recipe(path.read_bytes().replace(END, b"")) is None
    with pytest.raises(UserError, match=FORGED):
        read_recipe(path.read_bytes() + b"\xff")


@pytest.mark.parametrize("filled", [True, False])
def test_a_film_stands_for_the_first_picture_of_its_page(session, said, tmp_path, filled):
    view = said.model_copy(update={"result": None} | ({} if filled else {"slots": {}}))
    path = tmp_path / "film.mp4"
    path.write_bytes(film_bytes(path, view.text.encode()))
    picture = by_codes(path, view, session.catalogue.models)
    assert picture.label == said.slots["attributes"].label if filled else picture is None


FORGERIES = {
    "no JSON": lambda said: "{",
    "another version": lambda said: said | {"version": 2},
    "more than there is": lambda said: said | {"run": "rm"},
    "no weights": lambda said: said | {"weights": {}},
    "a code that is no text": lambda said: said | {"result": {"label": "x", "codes": {"a": 1}}},
    "a huge tile": lambda said: said | {"px": 10**6},
    "a morph of one": lambda said: said | {"tiles": 9},
    "parents of nobody": lambda said: (
        said | {"family": [{"picture": said["result"], "parents": [1], "generation": 1}]}
    ),
    "a long query": lambda said: said | {"query": "x" * 9000},
    "too much": lambda said: " " * MOST_TEXT + json.dumps(said),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_recipe_is_refused_in_one_sentence(said, forgery):
    text = FORGERIES[forgery](said.model_dump())
    png = png_bytes(PLAIN, more={KEY: text if isinstance(text, str) else json.dumps(text)})
    with pytest.raises(UserError) as refused:
        read_recipe(png)
    assert str(refused.value) == FORGED


def codes(session, count: int) -> dict[str, torch.Tensor]:
    return {name: torch.ones(count) for name in session.names}


def kept(session, values: np.ndarray) -> dict[str, str]:
    return dict.fromkeys(session.names, base64.b64encode(values.tobytes()).decode())


@pytest.mark.parametrize("lengths", [[257], [512, 256]])
def test_paths_that_fit_no_model_are_refused(session, lengths):
    ways = [thing(f"way {at}", codes(session, each)) for at, each in enumerate(lengths)]
    said = recipe(session, QUERY, []).model_copy(update={"paths": ways})
    with pytest.raises(UserError, match=FORGED):
        drawn(said, known(session, said))


@pytest.mark.parametrize(
    ("kind", "strength", "pixels", "bits", "why"),
    [
        (REGION, 0.0, 9, 128, FORGED),
        (REGION, 0.0, 3072, 0, FORGED),
        (REGION, 0.0, 3072, 128, "Nothing is painted out"),
        (BLUR, 1e-9, 3072, 0, "strength of blur is at least"),
    ],
)
def test_a_repair_that_fits_no_model_is_refused(session, kind, strength, pixels, bits, why):
    how = {"found": thing("it", codes(session, 256)), "kind": kind, "strength": strength}
    how["left"] = kept(session, np.zeros(pixels, np.uint8))
    how["regions"] = kept(session, np.zeros(bits, np.uint8)) if bits else {}
    said = recipe(session, QUERY, []).model_copy(update={"repair": Repair(**how)})
    with pytest.raises(UserError, match=why):
        drawn(said, known(session, said))


@pytest.mark.parametrize("numbers", [np.zeros(3), np.full(256, np.nan), np.zeros(0)])
def test_codes_that_no_model_reads_are_refused(session, said, numbers):
    packed = base64.b64encode(numbers.astype("<f4").tobytes()).decode() or "AAA="
    result = said.result.model_copy(update={"codes": dict.fromkeys(said.weights, packed)})
    with pytest.raises(UserError, match="no codes of 'Sample 7·3'"):
        drawn(said.model_copy(update={"result": result}), known(session, said))


def test_a_code_of_one_model_alone_is_not_taken_for_another(session, said):
    one = dict([*said.result.codes.items()][:1])
    result = said.result.model_copy(update={"codes": one})
    with pytest.raises(UserError, match="no code of 'celeba32/aae'"):
        drawn(said.model_copy(update={"result": result}), known(session, said))


def test_tiles_that_are_gone_are_not_saved(session, said):
    with pytest.raises(Unavailable, match="tile is gone"):
        of_grid(said, sample_grid(session.models, 7, 4, 1.0), 4)


def test_what_is_read_is_what_was_written(session, said):
    png = said.into(PLAIN)
    assert read_recipe(png) == said
    assert Image.open(io.BytesIO(png)).size == PLAIN.size
    for name, code in sample_grid(session.models, 7, 4, 1.0).codes.items():
        assert torch.equal(said.result.code(name), code[2])
