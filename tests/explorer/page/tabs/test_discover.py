"""What was kept of Discover stays so, and no other direction is shown as kept."""

from explorer.page.tabs import discover
from tests.explorer.conftest import event


def kept(session, by: str) -> list[str]:
    """What the directions are called that are shown as kept."""
    rows = discover.show(session, by)["rows"]
    return [row["name"] for row in rows if row["kept"]]


def test_directions_of_all_codes_stay_kept_on_another_picture_and_after_another_way(session):
    for by, name in (("pca", "Pose"), ("sefa", "Light")):
        assert kept(session, by) == []
        discover.keep(session, event(at=0, name=name))
    session.put("attributes", session.examples()[4])
    assert kept(session, "pca") == ["Pose"] and kept(session, "sefa") == ["Light"]
    session.names = [*session.names, "celeba32/vae"]
    assert kept(session, "pca") == ["Pose"]


def test_directions_at_a_code_are_kept_of_that_code(session):
    one, other = session.examples()[4:6]
    session.put("attributes", one)
    discover.show(session, "jacobian")
    discover.keep(session, event(at=0, name="Light"))
    session.faithful = True
    discover.show(session, "jacobian")
    refined = discover.complete(session)["rows"]
    assert len(refined) == discover.COUNT and not any(row["kept"] for row in refined)
    session.faithful = False
    assert kept(session, "jacobian") == ["Light"]
    session.put("attributes", other)
    assert kept(session, "jacobian") == []
