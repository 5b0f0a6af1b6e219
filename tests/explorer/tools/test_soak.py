"""What the visitors of the soak do still goes through, with their own picture in each answer."""

import pytest

from explorer.tools import soak
from tests.explorer.conftest import CHECKPOINTS


@pytest.mark.parametrize("journey", soak.JOURNEYS)
def test_every_journey_gives_the_visitors_own_picture(url, journey):
    (visitor,) = soak.arrive(url, str(CHECKPOINTS), 1)
    journey(visitor)
    visitor.http.close()
