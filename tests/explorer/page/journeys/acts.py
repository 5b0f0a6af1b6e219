"""What a person does at the page in a browser."""

import base64
import re

from playwright.sync_api import Page

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
    tab = next(each for each in TABS if each.title == title)
    page.locator(f"#tab-{tab.within or tab.name}-button").click()
    if tab.within:
        page.locator(f"#view-{tab.name}-button").click()


def shown(page: Page, name: str | re.Pattern):
    """The picture with this alternative text that can be seen."""
    return page.get_by_role("img", name=name, exact=True).filter(visible=True)


def data_url(path) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(path.read_bytes()).decode()


def drop(page: Page, target, path) -> None:
    """A file dropped on a part of the page, as from the desktop."""
    page.evaluate(DROP, [target.element_handle(), data_url(path), path.name])
