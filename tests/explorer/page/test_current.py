"""What an open tab shows later, once it is found."""

import pytest

from explorer.page.current import Current
from explorer.page.tab import completed
from explorer.page.tabs import morph, reconstruct
from explorer.session.refinement import Refinement
from explorer.session.state import Session
from training.errors import UserError


def test_what_comes_later_is_by_the_controls_of_the_session(session, navigation):
    """Not by what the page had sent before a link had set them."""
    current = Current(navigation.parts, None)
    session.put(reconstruct.NAME, session.examples()[0])
    session.controls = {"steps": 10.0, "objective": "plain", "n": 3}
    sent = [control.value for control in current.later]
    assert [*current.complete(session, *sent)]
    run = session.of(Refinement)
    assert (run.done, run.objective, run.method) == (10, "plain", "hybrid")
    session.tab = morph.MORPH
    for corner in morph.CORNERS:
        session.put(corner, session.examples()[0])
    session.faithful = True  # codes that come later
    assert [*current.complete(session, *sent)]
    assert len(session.grids["morph"].labels) == 9


def test_codes_that_could_not_be_found_are_looked_for_again(session, monkeypatch):
    session.put("attributes", session.examples()[0])
    session.faithful, given = True, ([], ["attributes"])

    def fails(*_):
        raise UserError("The client has left.")

    with monkeypatch.context() as patch:
        patch.setattr(Session, "codes", fails)
        with pytest.raises(UserError):
            completed(session, lambda _: "found", *given)
    assert completed(session, lambda _: "found", *given) == "found"
