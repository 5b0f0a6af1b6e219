"""The handlers of the tab Latent map, without a browser."""

from base64 import b64decode

import torch

from explorer.page.tabs import latent_map
from tests.explorer.conftest import CHECKPOINTS, event


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
    value, said = latent_map.add(session, paths)
    assert [own["label"] for own in value["own"]] == ["astronaut.jpg"]
    assert "1 of 2" in said and "notes.png is not a picture" in said
    model = session.models[0]
    session.of(latent_map.Own).pictures[0].codes[model.name] = model.latents.codes[11]
    assert torch.allclose(latent_map.place(session, model)[0], model.latents.map[11], atol=1e-2)
