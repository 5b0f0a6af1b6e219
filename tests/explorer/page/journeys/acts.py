"""What a person does at the page in a browser."""

import base64
import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page

from explorer.page.tab import Tab
from explorer.page.tabs import TABS

DROP = """async ([target, url, name]) => {
  const file = new File([await (await fetch(url)).blob()], name, {type: "image/jpeg"});
  const data = new DataTransfer();
  data.items.add(file);
  const how = {dataTransfer: data, bubbles: true, cancelable: true};
  for (const type of ["dragover", "drop"]) target.dispatchEvent(new DragEvent(type, how));
}"""


def open_tab(page: Page, title: str) -> None:
    """Opens a tab, or a view within one."""
    visit(page, next(each for each in TABS if each.title == title))


def visit(page: Page, tab: Tab, press: Callable[[Locator], None] = Locator.click) -> None:
    """`open_tab` of a tab that has not been left for a view within it."""
    press(page.locator(f"#tab-{tab.within or tab.name}-button"))
    if tab.within:
        press(page.locator(f"#view-{tab.name}-button"))


def content(page: Page, tab: Tab) -> Locator:
    """Something that an open tab shows once it has content."""
    found = page.locator(f"#view-{tab.name}").locator("h2, .tiles canvas, .gather, .found .face")
    return found.filter(visible=True).first


def shown(page: Page, name: str | re.Pattern):
    """The picture with this alternative text that can be seen."""
    return page.get_by_role("img", name=name, exact=True).filter(visible=True)


def data_url(path) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(path.read_bytes()).decode()


def drop(page: Page, target, path) -> None:
    """A file dropped on a part of the page, as from the desktop."""
    page.evaluate(DROP, [target.element_handle(), data_url(path), path.name])
