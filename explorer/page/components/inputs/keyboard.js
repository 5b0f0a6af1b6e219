// The page by keyboard: a link past the header, arrow keys from tab to tab, and the focus where it was.
{
  // A key for the browser or the system, as Ctrl and + to enlarge the page.
  Latent.withModifier = ({ ctrlKey, metaKey, altKey }) => ctrlKey || metaKey || altKey;

  // What has the focus and is drawn anew has it again; when it is gone, what stands in its place and
  // is of its kind.
  Latent.keepFocus = (element, draw) => {
    const held = element.contains(document.activeElement) ? document.activeElement : null;
    const called = (node) => node.getAttribute("aria-label") ?? (node.value || node.textContent);
    const alike = () => [...element.querySelectorAll(held.localName)], name = held && called(held), index = held && alike().indexOf(held);
    draw();
    if (!held || held.isConnected) return;
    const all = alike(), there = all[index]?.className === held.className ? all[index] : null;
    (all.find((node) => called(node) === name) ?? there)?.focus({ preventScroll: true });
  };

  const tabs = (bar) => [...bar.querySelectorAll('[role="tab"]')];
  const skip = Latent.h("a", { class: "skip", href: "#tabs", onclick: (event) => {
    event.preventDefault();
    tabs(document.querySelector("#tabs")).find((tab) => tab.ariaSelected === "true")?.focus();
  } }, Latent.say("Skip to the open tab"));
  const begin = () => document.body.prepend(skip);
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);

  document.addEventListener("keydown", (event) => {
    const bar = event.target.closest('#tabs [role="tablist"]'), all = bar ? tabs(bar) : [];
    const at = all.indexOf(event.target);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || next === undefined || Latent.withModifier(event)) return;
    event.preventDefault();
    const tab = all.at(next % all.length);
    tab.focus();
    tab.click();
  });
}
