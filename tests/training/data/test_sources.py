"""Which files belong to a data set, what they are called, and what is left out."""

import io
import struct
import zipfile

import numpy as np
import pytest
from PIL import Image

from tests.training.conftest import draw
from training import data
from training.data.sources import find
from training.errors import UserError


def png(index=0):
    file = io.BytesIO()
    draw(index).save(file, "PNG")
    return file.getvalue()


def made(root, *names):
    """A folder with these files: pictures, unless litter."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png())
    return root


def zipped(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, blob in members.items():
            archive.writestr(name, blob)
    return str(path)


def names(source):
    return [item.name for item in find(str(source)).items]


def test_names_are_relative_and_litter_belongs_to_no_set(tmp_path):
    root = made(
        tmp_path / "pictures",
        "b.png",
        "cat/a.JPG",
        "cat/._a.jpg",
        "cat/.ipynb_checkpoints/a-checkpoint.png",
        "__MACOSX/cat/a.png",
        "folder.png/c.png",
        "Thumbs.db",
        "notes.txt",
    )
    found = find(str(root))
    assert [item.name for item in found.items] == ["b.png", "cat/a.JPG", "folder.png/c.png"]
    assert [item.label for item in found.items] == ["pictures", "cat", "folder.png"]
    assert found.others == ["notes.txt"]


def test_linked_folders_are_followed_once(tmp_path):
    root = made(tmp_path / "pictures", "real/a.png")
    elsewhere = made(tmp_path / "elsewhere", "b.png")
    (root / "all").symlink_to(root)  # a loop
    (root / "again").symlink_to(root / "real")
    (root / "more").symlink_to(elsewhere)
    (root / "more.png").symlink_to(elsewhere / "b.png")
    assert names(root) == ["more/b.png", "more.png", "real/a.png"]


def test_names_in_zips_are_as_the_zip_has_them_with_slashes(tmp_path):
    members = ("./cat/a.png", "dog\\b.png", "c.png", "__MACOSX/cat/._a.png", "cat/.DS_Store")
    archive = zipped(tmp_path / "a.zip", **{name: png() for name in members})
    assert names(archive) == ["cat/a.png", "dog/b.png", "c.png"]
    assert [item.label for item in find(archive).items] == ["cat", "dog", ""]
    assert len(data.load((archive,), 32)) == 3


@pytest.mark.parametrize("wrong", ["damaged", "huge"])
def test_one_bad_member_is_left_out_and_named(tmp_path, wrong, capsys):
    members = {f"{index:03d}.bmp": bytes(9) for index in range(150)}
    for index, name in enumerate(members):
        file = io.BytesIO()
        draw(index, 8).save(file, "BMP")
        members[name] = file.getvalue()
    path = tmp_path / "a.zip"
    zipped(path, **members)
    blob = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        place = archive.getinfo("005.bmp").header_offset
    if wrong == "damaged":
        blob[place + 40 : place + 60] = bytes(20)
    else:  # what the directory says of its size
        entry = blob.rindex(b"005.bmp") - 46
        blob[entry + 24 : entry + 28] = struct.pack("<I", 2_000_000_000)
    path.write_bytes(blob)
    loaded = data.load((str(path),), 32)
    assert len(loaded) == 149 and [name for name, _ in loaded.left_out] == ["005.bmp"]
    assert "Left out 1 unreadable: 005.bmp" in capsys.readouterr().err


def test_a_member_is_read_up_to_the_size_that_the_zip_gives(tmp_path):
    path = tmp_path / "a.zip"
    zipped(path, **{"a.png": bytes(1_000_000)})
    blob = path.read_bytes()
    path.write_bytes(blob.replace(struct.pack("<I", 1_000_000), struct.pack("<I", 100)))
    with pytest.raises(UserError, match="damaged in the zip"):
        data.load((str(path),), 32)


@pytest.mark.parametrize("wrong", ["version", "name", "end"])
def test_a_zip_with_a_damaged_directory_is_one_sentence(tmp_path, wrong):
    path = tmp_path / "a.zip"
    zipped(path, **{"ä.png": png()})
    blob = bytearray(path.read_bytes())
    entry = blob.rindex(b"PK\1\2")
    if wrong == "version":
        blob[entry + 6] = 200
    elif wrong == "name":
        blob[entry + 46] = 0xFF
    else:
        del blob[-9:]
    path.write_bytes(blob)
    with pytest.raises(UserError, match="a.zip' is no zip file of images; give a folder or a zip."):
        find(str(path))


def test_a_locked_zip_is_one_sentence(tmp_path):
    path = tmp_path / "a.zip"
    zipped(path, **{"a.png": png()})
    blob = bytearray(path.read_bytes())
    blob[blob.rindex(b"PK\1\2") + 8] |= 1  # the flag of encryption
    path.write_bytes(blob)
    with pytest.raises(UserError, match=r"a.png is protected by a password: unpack .*\)\.$"):
        data.load((str(path),), 32)


def test_more_unreadable_ones_are_skipped_only_when_asked(tmp_path, capsys):
    root = made(tmp_path / "pictures", *[f"{index}.png" for index in range(20)])
    for index in range(10):
        (root / f"{index}.png").write_bytes(b"no picture")
    (root / "table.csv").touch()
    with pytest.raises(UserError, match="10 of 20 files are no readable images.*'0.png'"):
        data.load((str(root),), 32)
    loaded = data.load((str(root),), 32, skip_unreadable=True)
    assert len(loaded) == 10 and loaded.names[0] == "10.png"
    said = capsys.readouterr().err
    assert "Left out 10 unreadable: 0.png, 1.png, 2.png, 3.png, 4.png, …\n" in said
    assert "table.csv" in said
    loaded.write_left_out(tmp_path / "run" / "left_out.txt")
    lines = (tmp_path / "run" / "left_out.txt").read_text("utf-8").splitlines()
    assert len(lines) == 11 and lines[9].startswith("9.png: 9.png is not a picture")
    with pytest.raises(UserError, match="no readable images"):
        made(tmp_path / "bad", "a.png")
        (tmp_path / "bad" / "a.png").write_bytes(b"no picture")
        data.load((str(tmp_path / "bad"),), 32, skip_unreadable=True)


def test_training_reads_pictures_as_the_page_does(tmp_path):
    turned = Image.new("RGB", (48, 32))
    turned.paste("white", (0, 0, 24, 32))  # on the left, upright above
    exif = Image.Exif()
    exif[0x0112] = 6
    turned.save(tmp_path / "a.jpg", exif=exif)
    ramp = np.linspace(0, 1, 64)[None].repeat(64, 0)
    Image.fromarray((ramp * 65535).astype(np.uint16)).save(tmp_path / "b.png")
    Image.fromarray(ramp.astype(np.float32)).save(tmp_path / "c.tif")
    Image.new("RGBA", (32, 32), (255, 0, 0, 0)).save(tmp_path / "d.png")
    for name in ("e.avif", "f.jfif", "g.heic"):
        draw(0).resize((32, 32)).save(tmp_path / name)
    images = data.load((str(tmp_path),), 32, crop="none")
    assert [name[0] for name in images.names] == [*"abcdefg"]
    upright, deep, floats, clear, *others = images.images
    assert upright[:, :12].min() > 200 and upright[:, 20:].max() < 50
    assert abs(deep.float().mean() - 127.5) < 1 and abs(floats.float().mean() - 127.5) < 1
    assert (clear == 255).all()
    expected = np.asarray(draw(0).resize((32, 32))).transpose(2, 0, 1)
    assert all(np.abs(other.numpy() - expected.astype(float)).mean() < 6 for other in others)


def test_celeba_has_the_names_of_its_own_list(tmp_path, monkeypatch):
    class CelebA:
        filename = ("162771.jpg", "000001.jpg")

        def __init__(self, root, split, download): ...

        def __len__(self):
            return 2

        def __getitem__(self, index):
            return draw(index), None

    monkeypatch.setattr("torchvision.datasets.CelebA", CelebA)
    table = tmp_path / "list_attr_celeba.txt"
    table.write_text("2\nBald Young\n000001.jpg -1 1\n162771.jpg 1 -1\n")
    images = data.load(("celeba",), 32, attributes=str(table))
    assert images.names == ["162771.jpg", "000001.jpg"]
    assert images.labels.tolist() == [[True, False], [False, True]]
