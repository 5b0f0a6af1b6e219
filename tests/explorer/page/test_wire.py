"""What ties pages to sessions."""

from explorer.page.components.wire import Line, reopen, stamp
from explorer.pictures.faces import Crop
from explorer.session.examples import astronaut
from explorer.session.groups import Groups
from explorer.session.history import History
from explorer.session.refinement import Refinement
from explorer.session.state import Session


def test_a_page_that_is_loaded_anew_goes_on_apart_from_the_one_before(session):
    """That one may still be open: a browser that duplicates a tab gives both the same key."""
    session.put("reconstruct", session.photo(astronaut(), "photo"))
    session.keep(session.slots["reconstruct"])
    session.of(Groups).here(session.model_set)["few"] = (1, 2)
    session.of(Refinement).begin(None, {}, {})
    session.of(History).note(session)
    key, twin = stamp(session)["key"], Session(session.root)
    with session.of(History).settled():  # a tab is just opening
        assert not reopen(twin, "none") and reopen(twin, key) and twin.of(Line).key != key
    assert twin.of(History).settling == 0
    assert twin.of(History).at == 0 and twin.of(Groups).here(twin.model_set) == {"few": (1, 2)}
    photo = twin.slots["reconstruct"]
    assert photo is twin.shelf[0] and photo.crop == session.slots["reconstruct"].crop
    photo.cropped(Crop(0, 0, 64))
    del twin.of(Groups).here(twin.model_set)["few"]
    twin.of(Refinement).number += 1
    assert twin.of(Refinement).lock is not session.of(Refinement).lock
    twin.of(History).note(twin)
    assert session.slots["reconstruct"].crop.side != 64
    assert session.of(Groups).here(session.model_set) == {"few": (1, 2)}
    assert session.of(Refinement).number == 0 and len(session.of(History).steps) == 1
