"""Folders, zips, tables and datasets, whole and damaged."""

import gzip
import zipfile
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.training.conftest import draw
from training import data
from training.data.batches import Batches, shifted, step_generator
from training.data.labels import keep_labels
from training.data.tables import with_attributes
from training.errors import UserError


def test_folder_and_zip_hold_the_same_images(folder, tmp_path):
    archive = tmp_path / "pictures.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(folder.rglob("*.png")):
            file.write(path, path.relative_to(folder))
    one, two = data.load((str(folder),), 32), data.load((str(archive),), 32)
    assert one.images.shape == (40, 3, 32, 32) and one.images.dtype == torch.uint8
    order = [two.names.index(name) for name in one.names]
    assert torch.equal(one.images, two.images[order])


def test_crop_takes_the_middle():
    picture = Image.new("RGB", (178, 218), "red")
    picture.paste("blue", (15, 35, 163, 183))  # CelebA's training crop
    cropped = np.asarray(data.resize(picture, 32, "148"))
    assert (cropped == (0, 0, 255)).all()
    assert not (np.asarray(data.resize(picture, 32, "center")) == (0, 0, 255)).all()
    squeezed = np.asarray(data.resize(picture, 32, "none"))
    assert (squeezed[0] == (255, 0, 0)).all() and (squeezed[16, 16] == (0, 0, 255)).all()


def test_unreadable_files_are_left_out_and_named(tmp_path, capsys):
    for index in range(200):
        draw(index, 8).save(tmp_path / f"{index:03d}.png")
    (tmp_path / "broken.png").write_bytes(b"not an image")
    (tmp_path / "cut.png").write_bytes((tmp_path / "000.png").read_bytes()[:60])
    loaded = data.load((str(tmp_path),), 32)
    assert len(loaded) == 200
    assert {name for name, _ in loaded.left_out} == {"broken.png", "cut.png"}
    assert "Left out 2 unreadable: broken.png, cut.png" in capsys.readouterr().err
    (tmp_path / "third.png").touch()
    with pytest.raises(UserError, match="3 of 203 files are no readable images, more than 1 %"):
        data.load((str(tmp_path),), 32)


@pytest.mark.parametrize("text", ["csv", "celeba"])
def test_attribute_tables(folder, tmp_path, text):
    table = tmp_path / ("table.csv" if text == "csv" else "list_attr_celeba.txt")
    if text == "csv":
        table.write_text("file_name,Bald,Young\n03.png,1,0\n04.png,0,1\nother.png,1,1\n")
    else:
        table.write_text("3\nBald Young\n03.png  1 -1\n04.png -1  1\nother.png 1 1\n")
    loaded = data.load((str(folder),), 32, attributes=str(table))
    assert loaded.attributes == ("Bald", "Young")
    assert loaded.labelled.sum() == 2
    assert loaded.labels[loaded.names.index("deeper/03.png")].tolist() == [True, False]
    assert loaded.labels[loaded.names.index("04.png")].tolist() == [False, True]


@pytest.mark.parametrize(
    ("text", "names", "rows"),
    [
        ('file_name,"A, b"\n001,0\n\nNA,0\n001,0\n', ("A, b",), {"001": [0], "NA": [0]}),
        ("file_name,A,B\na,1,-1\n", ("A", "B"), {"a": [1, 0]}),
        ("2\nA B \n001 1 -1 \nb.jpg  -1   1\n", ("A", "B"), {"001": [1, 0], "b.jpg": [0, 1]}),
        ("2\nA A\nc 1 -1\n", ("A", "A.1"), {"c": [1, 0]}),
    ],
)
def test_a_table_is_read_by_its_names(images, tmp_path, text, names, rows):
    table = tmp_path / ("table.csv" if text.startswith("file_name") else "list_attr_celeba.txt")
    table.write_text(text)
    known = replace(images, images=images.images[:4], names=["no", *rows, "no"][: len(rows) + 2])
    read = with_attributes(known, str(table))
    assert read.attributes == names and read.labels.dtype == torch.bool
    assert read.labelled.tolist() == [name in rows for name in known.names]
    expected = [rows.get(name, [0] * len(names)) for name in known.names]
    assert read.labels.int().tolist() == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name,A\na,1\n",
        "file_name,A,B\na,1\n",
        "file_name,A,B\na,1,0\nb,1\n",
        "file_name,A,B\na,1,0,1\n",
        "file_name,A,B\na,1,0\nb,1,0,1\n",
        "file_name,A\na,1.5\n",
        "file_name,A\na,yes\n",
        "1\nA B\na 1\n",
        "1\nA B\na 1 1 1\n",
        "2\nA B\na 1 1\nb 1\n",
    ],
)
def test_a_bad_table_is_one_sentence(images, tmp_path, text):
    table = tmp_path / ("list.txt" if text[:1].isdigit() else "table.csv")
    table.write_text(text)
    with pytest.raises(UserError, match="is no attribute table") as caught:
        with_attributes(images, str(table))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ((), "Give --data"),
        (("nowhere",), "choose from: digits, cifar10, celeba, mnist"),
        (("EMPTY",), "holds no images"),
        (("TEXT",), "is no zip file of images"),
        (("imagenet",), "torchvision could not load 'imagenet'"),
    ],
)
def test_bad_sources_get_one_sentence(sources, message, tmp_path):
    (tmp_path / "EMPTY").mkdir()
    (tmp_path / "TEXT").write_text("hello")
    sources = tuple(str(tmp_path / s) if s.isupper() else s for s in sources)
    with pytest.raises(UserError, match=message) as caught:
        data.load(sources, 32, root=str(tmp_path))
    assert "\n" not in str(caught.value)


def test_a_dataset_that_fails_without_a_word_gets_one_sentence(tmp_path, monkeypatch):
    def fail(*given, **how):
        raise AssertionError

    monkeypatch.setattr("torchvision.datasets.MNIST", fail)
    with pytest.raises(UserError, match="from '.*': AssertionError[.] Download it there by hand"):
        data.load(("mnist",), 32, root=str(tmp_path))


def test_a_torchvision_dataset_by_name(tmp_path):
    digits = np.random.default_rng(0).integers(0, 256, (5, 28, 28), dtype=np.uint8)
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for part in ("train", "t10k"):
        header = np.array([2051, 5, 28, 28], dtype=">i4").tobytes()
        labels = np.array([2049, 5], dtype=">i4").tobytes() + bytes(5)
        for name, blob in (("images-idx3", header + digits.tobytes()), ("labels-idx1", labels)):
            (raw / f"{part}-{name}-ubyte").write_bytes(blob)
            (raw / f"{part}-{name}-ubyte.gz").write_bytes(gzip.compress(blob))
    loaded = data.load(("mnist",), 32, root=str(tmp_path))
    expected = data.resize(Image.fromarray(digits[3]).convert("RGB"), 32, "center")
    assert torch.equal(loaded.images[3].permute(1, 2, 0), torch.tensor(np.asarray(expected)))


def test_batches_see_every_image_once_an_epoch_and_flip_half(images):
    shuffled = Batches(images.images, batch_size=8, flip=True, seed=0)
    epochs = [torch.cat([shuffled.indices(5 * e + i) for i in range(5)]) for e in range(2)]
    assert all(epoch.sort().values.tolist() == list(range(40)) for epoch in epochs)
    assert not torch.equal(*epochs)
    flipped = 0
    for step in range(20):
        x = shuffled.at(step, step_generator(0, step, torch.device("cpu")))
        original = images.images[shuffled.indices(step)].float() / 255
        same = (x == original).flatten(1).all(dim=1)
        mirrored = (x == original.flip(3)).flatten(1).all(dim=1)
        assert (same | mirrored).all()
        flipped += int((mirrored & ~same).sum())
    assert 50 < flipped < 110  # of 160


def test_some_images_can_come_in_every_batch(images):
    often = torch.tensor([1, 4])
    batches = Batches(images.images, 8, flip=False, seed=0, often=often, often_share=0.25)
    drawn = [batches.indices(step) for step in range(20)]
    assert all(len(index) == 8 and set(index[:2].tolist()) <= {1, 4} for index in drawn)
    assert {int(each) for index in drawn for each in index[:2]} == {1, 4}
    assert torch.equal(batches.indices(3), drawn[3])  # of the step alone
    halves = [replace(batches, rank=rank, world=2).indices(3) for rank in (0, 1)]
    assert torch.equal(torch.stack(halves, dim=1).flatten(), drawn[3])


def test_shifted_images_are_moved_and_their_edge_fills_the_gap(images):
    batch = images.images[:3]
    moved = shifted(batch, torch.tensor([[0, 0], [2, 0], [-1, 3]]))
    assert torch.equal(moved[0], batch[0])
    assert torch.equal(moved[1][:, 2:], batch[1][:, :-2])
    assert torch.equal(moved[1][:, :2], batch[1][:, :1].expand(-1, 2, -1))
    assert torch.equal(moved[2][:, :-1, 3:], batch[2][:, 1:, :-3])
    assert torch.equal(moved[2][:, -1, 3:], batch[2][:, -1, :-3])


def test_batches_shift_each_image_by_no_more_than_so_many_px(images):
    plain = Batches(images.images, batch_size=8, flip=False, seed=0)
    moving = Batches(images.images, batch_size=8, flip=False, seed=0, shift=1)
    found = set()
    for step in range(10):
        original, x = (each.at(step, step_generator(0, step)) for each in (plain, moving))
        for one, other in zip(original, x, strict=True):
            ways = [
                by
                for by in product((-1, 0, 1), repeat=2)
                if torch.equal(shifted(one[None], torch.tensor([by]))[0], other)
            ]
            assert len(ways) == 1
            found |= set(ways)
    assert len(found) == 9


def test_folders_are_classes_that_take_turns_and_labels_are_kept_evenly(tmp_path):
    for index in range(12):
        place = tmp_path / "cat" if index % 3 else tmp_path / "dog"
        place.mkdir(exist_ok=True)
        draw(index).save(place / f"{index}.png")
    images = data.load((str(tmp_path),), 32, attributes="classes")
    assert images.attributes == ("cat", "dog")
    assert images.labels.sum(0).tolist() == [8, 4]
    dogs = [int(Path(name).stem) % 3 == 0 for name in images.names]
    assert dogs == [False, True] * 4 + [False] * 4
    assert images.labels[:, 1].tolist() == dogs
    kept = keep_labels(images.labels, images.labelled, 4, seed=0)
    assert images.labels[kept].sum(0).tolist() == [2, 2]
    both_or_neither = torch.tensor([[0, 0], [1, 1], [0, 1], [0, 0], [1, 1], [0, 0]]).bool()
    kept = keep_labels(both_or_neither, torch.ones(6, dtype=torch.bool), 4, seed=0)
    assert both_or_neither[kept].sum(0).tolist() in ([1, 2], [2, 3])  # of each kind one at least
    assert len(both_or_neither[kept].unique(dim=0)) == 3
    with pytest.raises(UserError, match="folder a class"):
        data.load((str(tmp_path / "cat"),), 32, attributes="classes")


def test_digits_come_with_their_classes_and_hold_a_fifth_out():
    training = data.load(("digits",), 32, attributes="classes")
    held_out = data.load(("digits",), 32, attributes="classes", train=False)
    assert (len(training), len(held_out)) == (1438, 359)
    assert training.attributes == tuple("0123456789")
    assert not set(training.names) & set(held_out.names)
    assert held_out.labels.sum(1).eq(1).all()
