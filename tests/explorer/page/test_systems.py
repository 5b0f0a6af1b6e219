"""Systems beside each other that differ in what they can do: labels in their codes, codes of two
numbers, no encoder, other priors."""

import shutil
from base64 import b64decode
from collections.abc import Iterator

import pytest
import torch
from playwright.sync_api import expect
from torch.nn.functional import one_hot

from explorer.catalogue import load_model
from explorer.page import ui
from explorer.page.components import CLASSES, label_stats, labels_value
from explorer.page.tabs import SLOTS, attributes, latent_map, morph, reconstruct, sample
from explorer.session.examples import SAMPLES, SEED
from explorer.session.state import Session
from explorer.tools.screenshots import served
from explorer.verbs.common.grids import map_row
from explorer.verbs.common.labels import in_every_class, read_labels, switched
from explorer.verbs.map import code_plane
from tests.explorer.conftest import CHECKPOINTS, event
from tests.training.conftest import CLASSES as NAMES
from tests.training.conftest import config_of
from training import checkpoints
from training.codes.directions import DEFAULT, find_directions
from training.codes.geometry import density
from training.errors import UserError
from training.frameworks import FRAMEWORKS

TINY = ("gan", "icgan", "aae-supervised", "aae-cluster", "aae-labels", "aaae")
ENCODED = 60


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> str:
    """A set of the shipped F-AAE and tiny, untrained others, and one of classes."""
    root = tmp_path_factory.mktemp("checkpoints")
    shutil.copytree(CHECKPOINTS / "celeba32" / "faae", root / "mixed" / "faae")
    for name in TINY:
        write(root / "mixed" / name, name)
    for name in ("aae-labels", "aae-supervised", "gan"):
        write(root / "things" / name, name, attributes="classes")
    return str(root)


def write(directory, framework: str, **settings) -> None:
    """An untrained checkpoint; that of aae-labels with codes of labelled images."""
    torch.manual_seed(0)
    directory.mkdir(parents=True)
    made = FRAMEWORKS[framework](config_of(framework, **settings)).eval()
    checkpoints.write(directory, made, {})
    if framework == "aae-labels":
        classes = torch.arange(ENCODED) % len(NAMES)
        codes = made.prior.sample_of(classes, torch.Generator().manual_seed(0))
        labels = one_hot(classes, len(NAMES)).bool()
        found = find_directions(codes, labels)
        checkpoints.write_latents(directory, checkpoints.Latents(codes, labels, NAMES, found))


@pytest.fixture
def mixed(root) -> Session:
    session = Session(root)
    session.names = session.catalogue.sets["mixed"]
    return session


@pytest.fixture
def things(root) -> Session:
    return Session(root, "things", [f"things/{n}" for n in ("aae-labels", "aae-supervised", "gan")])


def test_a_label_is_switched_and_all_else_kept(root):
    model = load_model("mixed/icgan", root)
    z = model.sample_codes(5)
    on, off = (switched(model, z, {"square": on, "unknown": True}) for on in (True, False))
    place = len(NAMES) - NAMES.index("square")
    assert (on[:, -place] == 1).all() and (off[:, -place] == 0).all()
    rest = torch.arange(z.shape[1]) != z.shape[1] - place
    assert torch.equal(on[:, rest], z[:, rest]) and torch.equal(off[:, rest], z[:, rest])
    assert torch.equal(switched(model, z, {"unknown": True}), z)
    assert "square" in read_labels(model, on[:1]) and "square" not in read_labels(model, off[:1])


def test_of_classes_exactly_one_is_on(root):
    model = load_model("mixed/aae-supervised", root)
    z = model.sample_codes(4)
    ring = switched(model, z, {"ring": True, "disc": False})
    assert torch.equal(ring[:, -3:], torch.tensor([[0.0, 0.0, 1.0]]).expand(4, -1))
    assert torch.equal(ring[:, :-3], z[:, :-3])
    assert read_labels(model, ring[:1]) == ["ring"]
    ((_, said, _),) = label_stats(model, ring[:1])
    assert said == "ring" and [each.key for each in said.values["names"]] == ["ring"]
    assert torch.equal(switched(model, z, {"ring": False}), z)  # none of them is no class


def test_a_style_in_every_class(root):
    model = load_model("mixed/aae-supervised", root)
    z = model.sample_codes(4)
    grid = in_every_class(model, z)
    assert grid.shape == (4, 3, model.latent_size)
    assert torch.equal(grid[:, :, :-3], z[:, None, :-3].expand(-1, 3, -1))
    assert torch.equal(grid[0, :, -3:], torch.eye(3))
    for name in ("mixed/icgan", "mixed/faae"):
        with pytest.raises(UserError, match="class"):
            in_every_class(load_model(name, root), z)


def test_choices_are_those_of_the_models_that_have_labels(mixed):
    groups = labels_value(mixed.models, {"disc": True}, False)["groups"]
    assert [group["title"] for group in groups] == [*NAMES, "Class"]
    assert [each["title"] for each in groups[0]["models"]] == ["ICGAN"]
    assert [each["title"] for each in groups[-1]["models"]] == ["Supervised AAE", "Clustering AAE"]
    assert groups[0]["chosen"] == "on" and groups[1]["chosen"] == ""
    assert [value for value, _ in groups[-1]["choices"]][:4] == ["", "*", "disc", "square"]
    mixed.names, mixed.labels = ["mixed/faae", "mixed/gan"], {"disc": True}
    assert mixed.switches == {}  # what is left of other models says nothing of these
    assert labels_value(mixed.models, {}, False)["groups"] == []


def test_samples_in_every_class_stand_in_the_same_rows(mixed):
    sample.show(mixed, 0, 9, 1.0)
    sample.switch(mixed, {"labels": {}, "every": True})
    value = sample.draw(mixed)
    panels = {panel["title"]: panel for panel in value["panels"]}
    clusters = panels["Clustering AAE"]["columns"]
    assert (panels["Supervised AAE"]["columns"], value["columns"]) == (3, clusters)
    assert panels["Supervised AAE"]["heads"] == list(NAMES)
    assert panels["Clustering AAE"]["heads"][:2] == ["1", "2"]
    assert value["labels"][clusters + 1] == "Style 0·2, square / cluster 2"
    assert "no class in its codes" in panels["F-AAE"]["said"]
    assert "labels to switch, no classes" in panels["ICGAN"]["said"]
    codes = mixed.grids["sample"].codes
    assert [*codes] == ["mixed/aae-supervised", "mixed/aae-cluster"]
    assert torch.equal(*(codes["mixed/aae-supervised"][i, :-3] for i in (0, 2)))
    picture = mixed.tile("sample", clusters + 1)  # a tile of every model, or of those that have it
    assert picture.codes["mixed/aae-supervised"][-3:].tolist() == [0, 1, 0]


def test_switched_samples_differ_only_where_there_are_such_labels(mixed):
    plain, _ = sample.show(mixed, 0, 4, 1.0)
    sample.switch(mixed, {"labels": {"disc": True}, "every": False})
    value = sample.draw(mixed)
    differ = {
        a["title"]: a["src"] != b["src"]
        for a, b in zip(plain["panels"], value["panels"], strict=True)
    }
    assert [title for title, differs in differ.items() if differs] == ["Supervised AAE", "ICGAN"]
    notes = {panel["title"]: panel["note"] for panel in value["panels"]}
    assert notes["ICGAN"] == "another prior, so other codes"
    assert "has no labels in its codes" in notes["F-AAE"]
    assert "has no label disc" in notes["Clustering AAE"]


def test_a_picture_keeps_all_but_its_label(mixed):
    ui.fill(attributes.TAB, mixed)
    mixed.codes([mixed.slots["attributes"]], mixed.catalogue.models["mixed/gan"])
    attributes.switch(mixed, {"labels": {"disc": True}, "every": False})
    board = attributes.edit(mixed)
    changed, before = mixed.grids["attributes"].codes["mixed/icgan"]
    assert changed[-3] == 1 and torch.equal(changed[:-3], before[:-3])
    assert board["rows"][0]["note"].startswith("disc on")
    cards = dict(zip([m.name for m in mixed.models], board["rows"][0]["cards"], strict=True))
    assert cards["mixed/icgan"]["said"] == ""
    assert "has no labels in its codes" in cards["mixed/faae"]["said"]
    assert "comes without attribute directions" in cards["mixed/gan"]["said"]


def test_a_plane_shows_codes_and_the_priors_density(root, mixed):
    value, colours, *_ = latent_map.show(mixed)
    panels = {panel["title"]: panel for panel in value["panels"]}
    plane = panels[FRAMEWORKS["aae-labels"].title]
    assert len(b64decode(plane["points"])) == 8 * ENCODED and len(plane["plane"]["density"]) > 50
    assert panels["F-AAE"]["plane"] is None and panels["F-AAE"]["points"]
    assert "no encoder" in panels["GAN"]["said"]
    model = load_model("mixed/aae-labels", root)
    box = code_plane(model)
    dense = density(model.sample_codes(4000, seed=5), box.low, box.high, 72) > 0.3
    assert box.density[dense].mean() > 5 * box.density[~dense].mean()
    z = [1.0, -2.0]
    _, decode, *_ = latent_map.servers(root)
    seen = decode({"model": "mixed/aae-labels", "z": z})
    board = latent_map.choose(mixed, event(model="mixed/aae-labels", z=z))
    assert board["rows"][0]["title"] == seen["label"] == "Point (1.00, -2.00)"
    assert board["rows"][0]["cards"][0]["src"] == seen["images"][0]
    for bad in ([1.0], [1.0, float("nan")]):
        with pytest.raises(UserError):
            decode({"model": "mixed/aae-labels", "z": bad})


def test_models_with_fewer_encoded_pictures_are_passed_over(root, mixed):
    assert set(map_row(mixed.models, 3).codes) == {"mixed/faae", "mixed/aae-labels"}
    beyond = map_row(mixed.models, ENCODED)
    assert set(beyond.codes) == {"mixed/faae"}
    preview, *_ = latent_map.servers(root)
    seen = preview({"index": ENCODED, "models": [*beyond.codes]})
    assert len(seen["images"]) == 1
    with pytest.raises(IndexError):
        map_row(mixed.models, 10**6)


def test_things_are_no_faces(things, mixed):
    assert things.subject == "picture" and mixed.subject == "face"
    assert [p.label for p in things.examples()[:2]] == ["Drawn picture 1", "Drawn picture 2"]
    assert [p.label for p in mixed.examples()[1:3]] == ["Drawn face 1", "Drawn face 2"]
    value, colours, *_ = latent_map.show(things)
    assert colours["value"] == CLASSES and value["look"]["colour"] == CLASSES
    assert map_row(things.models, 3).labels == ["Picture 3"]


def test_the_examples_are_by_the_model_of_least_frechet_distance(mixed, monkeypatch):
    metrics = {"mixed/faae": {"frechet": 0.3, "sample_sharpness": 0.9}}
    for model in mixed.models:
        known = metrics.get(model.name, {"sample_sharpness": 3.0})
        monkeypatch.setattr(model, "metrics", known)
    artist, drawn = load_model("mixed/faae", mixed.root), mixed.examples()[1]
    image = artist.decode(artist.sample_codes(SAMPLES, SEED))[0]
    assert (drawn.pixels(32) - image).abs().max() < 0.02


def test_every_tab_shows_something_of_every_model(mixed):
    picture = mixed.examples()[0]
    for slot in SLOTS:
        mixed.put(slot.name, picture)
    board, *_ = reconstruct.show(mixed)
    assert len(board["rows"][0]["cards"]) == len(mixed.models) + 1
    morph.show(mixed, 3)
    grids, *_ = next(morph.complete(mixed, 3))  # those of all models but the slow ones
    for value in (grids, sample.show(mixed, 0, 4, 1.0)[0]):
        assert all(panel.get("src") or panel["said"] for panel in value["panels"])
    board, *_ = attributes.show(mixed, DEFAULT)
    assert len(board["rows"][0]["cards"]) == len(mixed.models)


@pytest.fixture(scope="module")
def url(root) -> Iterator[str]:
    """The app with one model of each kind."""
    names = ",".join(f"mixed/{n}" for n in ("faae", "gan", "aae-supervised", "aae-labels"))
    with served(root) as url:
        yield f"{url}/?set=mixed&models={names}"


def test_a_mixed_set_is_compared_on_every_tab(page):
    expect(page.get_by_text("GAN has no encoder: this is the best").first).to_be_visible()
    page.get_by_role("tab", name="Morph").click()
    for title in ("F-AAE", "GAN", "Supervised AAE"):
        grid = page.get_by_role("group", name=f"Morph, {title}", exact=True)
        expect(grid.get_by_role("button")).to_have_count(81)
    page.get_by_role("tab", name="Sample").click()
    page.get_by_text("every class", exact=True).click()
    grid = page.get_by_role("group", name="Samples, Supervised AAE")
    expect(grid.get_by_role("button")).to_have_count(6 * len(NAMES))
    expect(page.get_by_text("F-AAE has no class in its codes")).to_be_visible()
    grid.get_by_role("button", name="Style 0·2, ring").click()
    expect(page.locator(".enlarged canvas")).to_have_count(1)
    page.get_by_role("tab", name="Attributes").click()
    page.get_by_role("radio", name="Class: ring").filter(visible=True).check(force=True)
    expect(page.get_by_text("ring on").first).to_be_visible()
    expect(page.get_by_text("F-AAE has no labels in its codes").first).to_be_visible()


def test_any_point_of_a_plane_decodes_under_the_pointer(page):
    page.get_by_role("tab", name="Latent map").click()
    said = page.get_by_text("GAN comes without a map: it has no encoder")
    expect(said).to_be_visible()
    expect(page.locator(".map .chart canvas")).to_have_count(2)  # nothing moves any more
    plane = page.locator(".plane canvas")
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    x, y = box["x"] + box["width"] / 3, box["y"] + box["height"] / 3
    page.mouse.move(x, y)
    face = page.locator(".hover img")
    face.wait_for()
    first = page.locator(".hover").inner_text()
    page.mouse.move(x + 60, y + 60, steps=4)
    expect(page.locator(".hover")).not_to_have_text(first)
    page.mouse.click(x + 60, y + 60)
    expect(page.locator(".board h2").filter(has_text="Point (")).to_be_visible()


def test_a_digit_that_is_drawn_is_of_the_class_asked_for():
    """By what the shipped semi-supervised AAE says of those that the supervised one draws."""
    drawn_by = load_model("digits/aae-supervised", CHECKPOINTS)
    judge, _ = checkpoints.read(CHECKPOINTS / "digits" / "aae-semi")
    judge.eval()
    codes = in_every_class(drawn_by, drawn_by.sample_codes(100, seed=0))
    with torch.no_grad():
        drawn = drawn_by.decode(codes.flatten(0, 1))
        told = judge.class_of(judge.encode(drawn)).view(100, -1)
    share = (told == torch.arange(len(judge.classes))).float().mean()
    assert drawn_by.code_labels.names == judge.classes and share > 0.9
