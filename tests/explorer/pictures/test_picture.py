"""A picture at hand: what is seen of it, also where no more than that is kept."""

from explorer.page.components.inputs.crop import crop_value
from explorer.pictures.faces import Crop
from explorer.pictures.picture import PHOTO, of_face
from explorer.session.examples import astronaut


def test_a_small_picture_is_the_same_at_every_size():
    picture = of_face("photo", PHOTO, astronaut())
    small = picture.small({32, 64})
    assert small.crop == picture.crop and small.source.size == (64, 64)
    for size, near in ((32, 0), (64, 0), (48, 0.01), (96, 0.05)):
        assert (small.pixels(size) - picture.pixels(size)).abs().mean() <= near


def test_the_crop_of_a_small_picture_lies_within_it_and_can_be_set():
    small = of_face("photo", PHOTO, astronaut()).small({64})
    shown = crop_value(small)
    assert shown["crop"] == {"x": 0, "y": 0, "side": 64, "angle": 0} and shown["faces"] == []
    quarter = Crop(0, 0, 32, found=True)
    small.cropped(quarter)
    assert small.square == small.crop == quarter
