"""Pictures at hand that an event of the page speaks of."""

import random

from explorer.pictures.picture import Picture
from explorer.session.state import Session


def at_hand(session: Session, data: dict) -> Picture:
    """A tile, a random sample, or a picture on the shelf or among the examples; raises
    UserError."""
    if "grid" in data:
        return session.tile(str(data["grid"]), int(data.get("index", -1)))
    if data.get("random"):
        return session.draw(random.randrange(10**6))
    return session.find(str(data.get("id")))
