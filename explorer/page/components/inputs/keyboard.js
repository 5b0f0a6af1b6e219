// The page by keyboard: a link past the header, and arrow keys from tab to tab.
{
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
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    const tab = all.at(next % all.length);
    tab.focus();
    tab.click();
  });
}
