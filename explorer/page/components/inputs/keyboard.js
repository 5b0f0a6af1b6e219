// The page by keyboard: a link past the header, arrow keys from tab to tab and on sliders, and the focus
// where it was.
{
  // A key for the browser or the system, as Ctrl and + to enlarge the page; characters that a keyboard
  // has on AltGr or Option are not.
  Latent.withModifier = ({ ctrlKey, metaKey, altKey, key }) => metaKey || (ctrlKey ? !altKey : altKey && key.length > 1);

  // Draws; what had the focus and was replaced has it again: its namesake, of several the nearest, else
  // what is of its kind and stands in its place.
  Latent.keepFocus = (element, draw) => {
    const held = element.contains(document.activeElement) ? document.activeElement : null;
    if (!held) return draw();
    const called = (node) => node.getAttribute("aria-label") ?? (node.value || node.textContent);
    const alike = () => [...element.querySelectorAll(held.localName)];
    const name = called(held), place = alike().indexOf(held), { selectionStart: from, selectionEnd: to } = held;
    draw();
    if (held.isConnected) return;
    const usable = (node) => node?.className === held.className && !node.disabled && node.getClientRects().length;
    const all = alike(), away = (node) => Math.abs(all.indexOf(node) - place);
    const [namesake] = all.filter((node) => called(node) === name && usable(node)).sort((a, b) => away(a) - away(b));
    const next = namesake ?? all[place];
    if (!usable(next)) return;
    next.focus({ preventScroll: true });
    if (Number.isInteger(from)) next.setSelectionRange(from, to);
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

  // Gradio's sliders say that they were let go where a pointer did it, and not where a key did.
  document.addEventListener("keyup", ({ target, key }) => {
    if (target.type === "range" && /^(Arrow|Page|Home$|End$)/.test(key)) target.dispatchEvent(new PointerEvent("pointerup", { bubbles: true }));
  });
}
