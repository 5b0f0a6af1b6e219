"""Timings are printed, whatever they are here."""

import re
from unittest.mock import MagicMock

import pytest

from explorer.page.tabs import TABS
from explorer.tools import browser, running, soak, timings
from tests.explorer.conftest import CHECKPOINTS
from training.errors import UserError


def test_a_line_for_all_that_is_waited_for(capsys, monkeypatch):
    monkeypatch.setattr(running, "AFTER_S", 0)
    timings.timings(str(CHECKPOINTS), runs=1, users=(2,), minutes=0.02)
    said = capsys.readouterr().out
    for timing in (timing for tab in TABS for timing in tab.timings):
        assert re.search(rf"^{timing.name} +\d+ +\d+ +{timing.limit_ms}\b", said, re.M)
    assert re.search(rf"^{timings.START} +\d+", said, re.M)
    after = said[re.search(r"^2 users, \d+ answers, 0 errors$", said, re.M).end() :]
    journeys = "|".join(journey.__name__ for journey in soak.JOURNEYS)
    assert re.search(rf"^({journeys}) +\d+ +\d+ +\d+", after, re.M)
    assert re.search(r"^memory: \d+ MB, at most \d+, after 0 s \d+", said, re.M)


def test_without_a_checkpoint_it_says_so(tmp_path):
    with pytest.raises(UserError, match="no usable checkpoint"):
        timings.timings(str(tmp_path))


@pytest.mark.parametrize(("count", "slower"), [(2, 1), (3, 1), (4, 2), (11, 2)])
def test_many_models_may_take_twice_as_long_in_the_browser(count, slower):
    page = MagicMock()
    page.evaluate.return_value = 1.0
    page.locator.return_value.count.return_value = 11
    limits = {what: limit for what, _, limit in browser.waits(page, ["model"] * count, 1)}
    assert limits["a value, fresh page"] == 60 * slower and limits["a corner"] == 300 * slower
    assert limits["pictures a second, fresh page"] == 20 / slower
