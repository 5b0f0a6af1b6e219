"""Tables of pictures: what is indexed is found by codes and looks, on disk and at an address."""

import shutil
from pathlib import Path

import pytest
import torch

from explorer.__main__ import main
from explorer.catalogue import load_model
from explorer.engine import Model
from explorer.exchange import kept
from explorer.pictures.picture import PHOTO, Picture
from explorer.pictures.render import to_pil
from explorer.search import index as indexing
from explorer.search import table as tables
from explorer.search.index import index
from explorer.search.looks import LOOKS, looks
from explorer.search.pool import Gathered, Vectors
from explorer.search.table import Held, Rows, Table, write
from explorer.search.wanted import Wanted
from explorer.session.examples import astronaut
from explorer.session.programs import answer
from explorer.verbs import search
from training.data.pictures import open_picture
from training.errors import UserError

NAMES = ("Smiling", "Male", "It's odd")


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """An empty database of tables."""
    monkeypatch.setattr(kept, "place", lambda kind: tmp_path / kind)
    monkeypatch.delenv(tables.PLACE, raising=False)
    return tmp_path / "tables"


@pytest.fixture
def folder(tmp_path) -> Path:
    """Six drawn faces as files, and one that is none."""
    model, folder = load_model("celeba32/faae"), tmp_path / "my faces"
    folder.mkdir()
    for at, image in enumerate(model.decode(model.sample_codes(6, seed=3))):
        to_pil(image, 64).save(folder / f"{at}.png")
    (folder / "notes.png").write_text("no picture")
    return folder


def synthetic(count: int, size: int) -> tuple[Gathered, Rows]:
    """The same pictures in memory and as rows of a table."""
    generator = torch.Generator().manual_seed(0)
    codes = torch.randn(count, size, generator=generator).half().float()
    hashes = looks([to_pil(torch.rand(3, 9, 9, generator=generator)) for _ in range(count)])
    labels = torch.rand(count, len(NAMES), generator=generator) > 0.5
    known = labels[: count // 2]
    has = [[n for n, on in zip(NAMES, row, strict=True) if on] for row in known.tolist()]
    rows = Rows(
        [str(row) for row in range(count)],
        [b"thumbnail"] * count,
        {"set/model": codes} | hashes,
        has + [None] * (count - len(known)),
    )
    vectors = {
        kind: Vectors(each, known, NAMES) for kind, each in ({"set/model": codes} | hashes).items()
    }
    return Gathered(vectors, str), rows


@pytest.mark.parametrize("indexed", [False, True])
@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(("Smiling", "It's odd")),
        Wanted(("Smiling",), ("Male",)),
        Wanted(("Smiling",), ("Male", "It's odd"), either=True),
        Wanted(("Smiling", "It's odd"), ("Male",), either=True),
        Wanted((), ("Male", "Smiling")),
    ],
)
def test_a_table_finds_what_is_found_in_memory(place, wanted, indexed, monkeypatch):
    monkeypatch.setattr(tables, "PARTITIONS", 1)
    monkeypatch.setattr(tables, "INDEXED", 60 if indexed else 61)
    pool, rows = synthetic(60, 16)
    held = Held(models={"set/model": "weights"}, attributes=[*NAMES], source="", files="")
    table = write("made", held, {"set/model": 16}, iter([rows]))
    columns = [each.columns for each in tables.database().open_table("made").list_indices()]
    assert columns == ([["code_0"], ["labels"]] if indexed else [])
    for kind in ("set/model", *LOOKS):
        vector = pool.vectors[kind].each[7]
        here, there = (each.nearest(kind, vector, 60, wanted) for each in (pool, table))
        assert [near.distance for near in here] == pytest.approx(
            [near.distance for near in there], abs=2e-2
        )
        found = {near.row: near for near in there}
        assert {near.row for near in here} == {*found}
        for near in here:
            assert near.distance == pytest.approx(found[near.row].distance, abs=2e-2)
            assert [*near.attributes] == [*found[near.row].attributes]
    assert (pool.nearest("dhash", pool.vectors["dhash"].each[7], 1, Wanted()))[0].row == 7


def test_what_few_pictures_have_is_found_in_partitions_far_away_too(place, monkeypatch):
    monkeypatch.setattr(tables, "INDEXED", 600)
    monkeypatch.setattr(tables, "PARTITIONS", 32)
    monkeypatch.setattr(tables, "PROBED", 1)
    pool, rows = synthetic(600, 16)
    names = [["Smiling"] if row % 100 == 0 else [] for row in range(600)]
    held = Held(models={"set/model": "weights"}, attributes=[*NAMES], source="", files="")
    table = write("made", held, {"set/model": 16}, iter([rows._replace(attributes=names)]))
    vector = pool.vectors["set/model"].each[7]
    found = table.nearest("set/model", vector, 6, Wanted(("Smiling",)))
    assert {near.row for near in found} == {0, 100, 200, 300, 400, 500}


def test_a_folder_is_indexed_once_and_anew_when_it_changes(place, folder):
    models = [load_model("celeba32/faae")]
    first = index([str(folder)], models, crop="centre")
    assert first.new and len(first.table) == 6 and "notes.png" in first.refused[0]
    assert first.table.name.startswith("my-faces-")
    again = index([str(folder)], models, crop="centre")
    assert not again.new and again.table.name == first.table.name
    shutil.copy(folder / "0.png", folder / "7.png")
    later = index([str(folder)], models, crop="centre")
    assert later.new and len(later.table) == 7 and tables.tables() == [first.table.name]
    tables.database().create_table(later.table.name, data=[{"a": 1}], mode="overwrite")
    later = index([str(folder)], models, crop="centre")
    assert later.new and len(later.table) == 7  # in place of one that is none of pictures
    picture = Picture("3.png", PHOTO, open_picture(folder / "3.png"))
    found = search(picture, models, later.table.name, count=2)[models[0]]
    assert found.near[0].label == "3.png" and found.near[0].distance < 0.05
    assert found.by_looks["dhash"][0].label == "3.png" and len(found.pictures) == 2
    assert found.near[0].codes["celeba32/faae"].shape == (256,)


def test_a_table_is_of_weights_whatever_else_their_folder_holds(place, folder, tmp_path):
    copied = shutil.copytree(load_model("celeba32/faae").directory, tmp_path / "faae")
    model = Model(copied, "mine/faae")
    table = index([str(folder)], [model], crop="centre").table
    (copied / "metrics.json").unlink()
    again = Model(copied, "mine/faae")
    assert not index([str(folder)], [again], crop="centre").new
    picture = Picture("3.png", PHOTO, open_picture(folder / "3.png"))
    assert search(picture, [again], table.name, count=1)[again].near[0].label == "3.png"


def test_what_waits_to_be_encoded_is_no_larger_than_models_see_it(place, tmp_path, monkeypatch):
    waited, encoded = [], indexing._encoded

    def seen(waiting, *given):
        waited.append([picture.source.size for _, picture in waiting])
        return encoded(waiting, *given)

    monkeypatch.setattr(indexing, "_encoded", seen)
    monkeypatch.setattr(indexing, "BATCH", 2)
    (tmp_path / "photos").mkdir()
    for at in range(3):
        astronaut().save(tmp_path / "photos" / f"{at}.png")
    assert len(index([str(tmp_path / "photos")], [load_model("celeba32/faae")]).table) == 3
    assert waited == [[(64, 64)] * 2, [(64, 64)]]


def test_pictures_whose_codes_alone_are_kept_are_not_searched_by_their_look():
    pool = Gathered({"set/model": Vectors(torch.rand(3, 4))}, str)
    assert pool.why_not("set/model") == ""
    assert all("codes alone" in pool.why_not(look) for look in LOOKS)


def test_a_program_that_gives_a_file_finds_it_by_its_look(place, session, tmp_path):
    """Of such a picture no more is kept than is seen of it, at the size of looks, too."""
    (tmp_path / "photos").mkdir()
    astronaut().save(tmp_path / "photos" / "photo.png")
    table = index([str(tmp_path / "photos")], session.models).table
    given = {"picture": tmp_path / "photos" / "photo.png", "table": table.name}
    for found in answer(session, search, given).values():
        assert [each[0].distance for each in found.by_looks.values()] == [0, 0, 0]


def test_what_cannot_be_searched_is_said_in_one_sentence(place, folder, tmp_path):
    faae, aae = load_model("celeba32/faae"), load_model("celeba32/aae")
    picture = Picture("0.png", PHOTO, open_picture(folder / "0.png"))
    with pytest.raises(UserError, match="no table 'none', and none to choose from"):
        search(picture, [faae], "none")
    table = index([str(folder)], [faae], crop="centre").table
    found = search(picture, [faae, aae], table.name)
    assert "holds no codes of celeba32/aae" in found[aae].near.said and found[faae].near
    faae.weights = "another"
    found = search(picture, [faae], table.name)
    assert "codes of another checkpoint celeba32/faae" in found[faae].near.said
    for given, said in (
        ({"table": "none"}, "There is no table 'none'"),
        ({"has": ["Hat"]}, "There is no attribute 'Hat'"),
    ):
        with pytest.raises(UserError, match=said):
            search(picture, [faae], **given)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="holds no images"):
        index([str(tmp_path / "empty")], [faae])
    tables.database().create_table("foreign", data=[{"a": 1}])
    with pytest.raises(UserError, match="is none of pictures"):
        Table("foreign")


@pytest.mark.parametrize("address", ["nowhere://bucket/tables", "az://bucket/tables", "db://x"])
def test_an_address_that_cannot_be_reached_is_said_in_one_sentence(address, folder, capsys):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(tables.PLACE, "")  # so that it is as before afterwards
        given = [str(folder / "0.png"), "--table", "faces", "--tables", address]
        assert main(["search", *given]) == 2
    assert capsys.readouterr().err.strip() == (
        "The tables of pictures cannot be reached: check the folder or address that --tables or "
        "LATENT_EXPLORER_TABLES names, the network, and the credentials for it."
    )


def test_tables_are_made_and_searched_at_an_address_from_the_command_line(
    place, folder, tmp_path, capsys, monkeypatch
):
    monkeypatch.setenv(tables.PLACE, "")  # so that it is as before afterwards
    monkeypatch.chdir(tmp_path)
    at = ["--tables", f"file://{tmp_path}/far"]
    assert main(["index", str(folder), "--crop", "centre", *at]) == 0
    printed = capsys.readouterr()
    name = printed.out.partition(":")[0]
    assert "6 pictures, indexed" in printed.out and "notes.png" in printed.err
    how = ["--table", name, "--count", "2", "--px", "32", "--json", *at]
    assert main(["search", str(folder / "2.png"), *how]) == 0
    assert capsys.readouterr().out.count('"2.png"') == 5  # by two models and three looks
    assert Path("search.png").is_file() and not place.exists()
    assert main(["search", str(folder / "2.png"), "--has", "Eyeglasses", "--lacks", "Male"]) == 0
    assert main(["index", str(tmp_path / "gone")]) == 2
