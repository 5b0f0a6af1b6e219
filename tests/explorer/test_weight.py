from PIL import Image

from explorer.page.tabs import morph
from explorer.pictures.picture import PHOTO, Picture
from explorer.session.history import History
from explorer.session.weight import weight


def test_what_parts_share_is_counted_once(session):
    empty = weight(session)
    picture = Picture("one", PHOTO, Image.new("RGB", (100, 50)))
    session.put("reconstruct", picture)
    session.shelf.append(picture)
    session.of(History).note(session)
    assert weight(session) - empty == 3 * 100 * 50


def test_codes_and_images_of_views_are_counted(session):
    for index, slot in enumerate(morph.SLOTS):
        session.put(slot.name, session.draw(index))
    before = weight(session)
    morph.show(session, 9)
    codes = sum(each.nbytes for each in session.grids["morph"].codes.values())
    assert codes < weight(session) - before < 2 * codes
