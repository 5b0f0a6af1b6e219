"""The face of the bundled photo is found, levelled and cut as CelebA's faces lie."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from PIL import Image

from explorer import work
from explorer.pictures import faces
from explorer.pictures.faces import Crop, cut, find_crop, find_faces
from explorer.pictures.picture import Picture
from explorer.session.examples import astronaut

EYES = np.array([(203.4, 101.0), (246.9, 103.4)])  # pupils in the astronaut's picture, px
LEAN = 3  # hers, degrees clockwise
# The eyes in CelebA's training crop: its landmarks, less the crop's corner, in sides of the crop.
EYES_IN_CROP = (np.array([(69.5, 111.5), (107.5, 111.5)]) - [15, 35]) / 148


def places_in_crop(points, crop):
    """Points of a picture (N, 2) in sides of the crop, (0, 0) its upper left corner."""
    turn = np.radians(crop.angle)
    across, down = (points - [crop.x, crop.y] - crop.side / 2).T
    turned = [
        np.cos(turn) * across + np.sin(turn) * down,
        np.cos(turn) * down - np.sin(turn) * across,
    ]
    return np.stack(turned, axis=1) / crop.side + 0.5


def scene(scale, lean):
    """The astronaut scaled, leaning `lean` degrees further clockwise, in grey; and her eyes."""
    small = astronaut().resize((round(512 * scale), round(512 * scale)), Image.Resampling.LANCZOS)
    page = Image.new("RGB", (round(800 * scale), round(700 * scale)), "gray")
    page.paste(small, (round(100 * scale), round(50 * scale)))
    centre = np.array([330.0, 180.0]) * scale
    page = page.rotate(-lean, Image.Resampling.BICUBIC, center=tuple(centre))
    turn = np.radians(lean)
    offset = (EYES + [100, 50]) * scale - centre
    across, down = offset.T
    turned = [
        np.cos(turn) * across - np.sin(turn) * down,
        np.sin(turn) * across + np.cos(turn) * down,
    ]
    return page, np.stack(turned, axis=1) + centre


@pytest.mark.parametrize("scale", [0.25, 1.0, 4.0])
@pytest.mark.parametrize("lean", [0, -15, 10])
def test_eyes_lie_where_the_training_faces_have_them(scale, lean):
    picture, eyes = scene(scale, lean)
    crop = find_crop(picture)
    assert crop.found and crop.message
    assert crop.angle == pytest.approx(lean + LEAN, abs=3)
    assert np.abs(places_in_crop(eyes, crop) - EYES_IN_CROP).max() < 0.08


def test_larger_of_two_faces_is_taken():
    page = Image.new("RGB", (1000, 560), "gray")
    page.paste(astronaut().resize((380, 380)), (20, 20))
    page.paste(astronaut(), (450, 20))
    crop = find_crop(page)
    assert crop.found and crop.x > 450
    larger, smaller = find_faces(page)
    assert larger.crop == crop and smaller.crop.x < 450


@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_the_eyes_of_a_face_are_where_they_are_in_the_picture(scale):
    picture, eyes = scene(scale, 0)
    (face,) = find_faces(picture)
    x, y, side = face.box
    assert np.abs(np.array(face.eyes) - eyes).max() < 0.1 * side
    assert ((x, y) < eyes).all() and (eyes < (x + side, y + side)).all()


def test_a_face_that_is_already_cropped_is_used_whole():
    face = astronaut()
    crop = find_crop(face)
    small = Image.fromarray((cut(face, crop, 64).permute(1, 2, 0) * 255).byte().numpy())
    again = find_crop(small)
    assert (again.x, again.y, again.side, again.angle, again.found) == (0, 0, 64, 0, True)


def test_without_a_face_the_centre_is_used_and_said():
    crop = find_crop(Image.new("RGB", (300, 200), "orange"))
    assert (crop.x, crop.y, crop.side, crop.found) == (50, 0, 200, False)
    assert "No face" in crop.message


@pytest.mark.parametrize(
    ("times", "eyes", "doubtful"), [(4, [], True), (40, [], False), (4, [30, 80], False)]
)
def test_what_may_be_no_face_is_said_to_be_in_doubt(times, eyes, doubtful, monkeypatch):
    """Such as wood grain, in which the cascade finds boxes, but a few times each."""

    def detected(name, grey, least):
        found = {"eye": [(left, 20, 20, 20, 9) for left in eyes]}
        box = [(80, 80, 100, 100, times)]
        return np.reshape(found.get(name, box), (-1, 5)).astype(float)

    monkeypatch.setattr(faces, "_detect", detected)
    crop = find_crop(Image.new("RGB", (224, 224), "peru"))
    assert crop.found and ("may be no face" in crop.message) == doubtful


def test_cut_of_a_dataset_crop_is_the_lanczos_of_training():
    picture = astronaut().crop((0, 0, 178, 218))
    expected = picture.crop((15, 35, 163, 183)).resize((64, 64), Image.Resampling.LANCZOS)
    got = cut(picture, Crop(15, 35, 148), 64)
    assert got.shape == (3, 64, 64) and got.dtype == torch.float32
    torch.testing.assert_close(got, torch.tensor(np.asarray(expected)).permute(2, 0, 1) / 255)


def test_cut_of_a_large_crop_is_close_to_one_lanczos_step():
    picture = astronaut()
    expected = np.asarray(picture.resize((32, 32), Image.Resampling.LANCZOS)) / 255.0
    got = cut(picture, Crop(0, 0, 512), 32).permute(1, 2, 0).numpy()
    assert np.sqrt(np.square(got - expected).mean()) < 0.01


@pytest.mark.parametrize(
    "crop",
    [Crop(-40, -40, 90), Crop(60, 60, 90, angle=45), Crop(-1e6, 1e6, 1e9, 10), Crop(50, 50, 0)],
)
def test_beyond_the_picture_its_edge_is_repeated(crop):
    red = Image.new("RGB", (100, 100), (200, 30, 30))
    assert (
        cut(red, crop, 32) - torch.tensor([200, 30, 30])[:, None, None] / 255
    ).abs().max() < 0.01


def test_cut_levels_what_leans_clockwise():
    """A line that falls to the right by 20 degrees comes out horizontal."""
    down, across = np.mgrid[:200, :200] - 100.0
    line = np.abs(down - np.tan(np.radians(20)) * across) < 6
    picture = Image.fromarray(np.uint8(line[:, :, None].repeat(3, 2) * 255))
    rows = cut(picture, Crop(50, 50, 100, angle=20), 32)[0].mean(1)
    assert rows[14:18].max() > 0.9 and rows[:10].max() < 0.05


def test_another_crop_is_another_cut():
    ramp = Image.linear_gradient("L").convert("RGB")  # dark above, light below
    picture = Picture("ramp", "photo", ramp)
    whole_of_it = picture.pixels(32)
    picture.cropped(Crop(0, 0, 64))
    assert picture.pixels(32).mean() < 0.5 * whole_of_it.mean()


def test_faces_are_looked_for_in_several_pictures_at_a_time(monkeypatch):
    meeting, made = threading.Barrier(2, timeout=60), []

    class Cascade:
        def __init__(self, path: str):
            made.append(self)

        def detectMultiScale2(self, grey, factor, **how):
            meeting.wait()
            return (), ()

    monkeypatch.setattr(faces.cv2, "CascadeClassifier", Cascade)
    with ThreadPoolExecutor(2) as cores, ThreadPoolExecutor(2) as pool:
        monkeypatch.setattr(work, "_cores", cores)  # whose threads have no cascade yet
        assert [*pool.map(find_faces, [astronaut()] * 2)] == [(), ()]
    assert len(made) == 2
