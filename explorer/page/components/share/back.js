// Back and Forward go from tab to tab: the first step back does not leave the app. A state names the
// tab that is open, and the view within it, by the ids of their buttons.
{
  const { history } = window;
  const open = () => [...document.querySelectorAll('#tabs [role="tab"][aria-selected="true"]')]
    .filter((tab) => tab.offsetParent).map((tab) => tab.id);
  document.addEventListener("click", ({ target }) => {
    const tab = target.closest('#tabs [role="tab"]');
    if (!tab || tab.ariaSelected === "true" || history.state?.tabs?.includes(tab.id)) return;
    history.replaceState({ tabs: open() }, "");
    history.pushState({ tabs: [tab.id] }, "");
  }, true);
  window.addEventListener("popstate", ({ state }) => {
    for (const id of state?.tabs ?? []) {
      const tab = document.getElementById(id);
      if (tab?.ariaSelected === "false") tab.click();
    }
  });
}
