"""How well pictures are found again, by the command."""

import json

from PIL import Image

from explorer.__main__ import main
from explorer.catalogue import load_model
from explorer.pictures.render import to_pil


def test_pictures_are_found_again_after_changes(tmp_path, capsys):
    model = load_model("celeba32/faae")
    for kind in ("a", "b"):
        (tmp_path / kind).mkdir()
    for at, image in enumerate(model.decode(model.sample_codes(12, seed=1))):
        to_pil(image).save(tmp_path / "ab"[at % 2] / f"{at}.png")
    how = ["--models", "celeba32/faae", "--attributes", "classes"]
    assert main(["retrieval", str(tmp_path), *how, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [*found] == ["celeba32/faae", "dhash", "phash", "colours", "pixels", "chance"]
    assert found["pixels"]["noise"] == 1 and found["celeba32/faae"]["blur"] > 0.5
    assert found["chance"] == {"labels shared": 0.5}
    assert main(["retrieval", str(tmp_path), *how]) == 0
    assert "| pixels |" in capsys.readouterr().out
    for picture in (tmp_path / "a").iterdir():
        picture.unlink()
    Image.new("RGB", (40, 40)).save(tmp_path / "a" / "one.png")
    assert main(["retrieval", str(tmp_path / "a")]) == 2
    assert "too few" in capsys.readouterr().err
