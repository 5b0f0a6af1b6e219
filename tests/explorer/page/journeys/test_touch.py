"""What the page says where there is neither a mouse nor a keyboard."""

import re

import pytest
from playwright.sync_api import Browser, Locator

from explorer.page.tabs import TABS
from explorer.tools.screenshots import PATIENCE_MS
from tests.explorer.conftest import PHONE_PX
from tests.explorer.page.journeys import acts

SAID = """() => [...document.querySelectorAll("body *")].flatMap((node) => [
  node.title, node.ariaLabel,
  ...[...node.childNodes].filter((each) => each.nodeType === 3).map((each) => each.data),
]).filter(Boolean)"""
NOT_HERE = re.compile(r"\b(hover\w*|Ctrl|press L)\b|\bStrg\b|drücken Sie L\b", re.IGNORECASE)


@pytest.mark.parametrize("language", ["en", "de"])
def test_on_a_touch_screen_nothing_speaks_of_hovering_or_of_keys(browser: Browser, url, language):
    context = browser.new_context(viewport=PHONE_PX, has_touch=True, is_mobile=True)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(f"{url}/?tab=map&lang={language}")
    page.locator(".map .chart canvas").first.wait_for()
    lasso = page.locator(".zoom").get_by_text("Lasso").first
    lasso.tap()
    page.locator(".map").get_by_role("status").filter(has_text=re.compile(r"\w")).wait_for()
    said = set(page.evaluate(SAID))
    for tab in TABS:
        acts.visit(page, tab, Locator.tap)
        acts.content(page, tab).wait_for()
        said |= set(page.evaluate(SAID))
    context.close()
    assert len(said) > 100
    assert [each for each in said if NOT_HERE.search(each)] == []
