// A first visit is invited to a tour; `Latent.tours()` opens it, and a link's `lesson` a step of the
// lesson. The server tells {tour: [{title, text, points, drawings}], lesson and try: [{title, text,
// query}]}.
Latent.tour = function ({ element, server }) {
  const { h } = Latent;
  const SEEN = "latent-tour";
  const root = element.querySelector(".tour");
  const button = (text, onclick, more = {}) => h("button", { type: "button", class: "chip", onclick, ...more }, text);
  let told = null;

  const load = async () => (told ??= await server.contents({}).then(Latent.told).catch(Latent.lost));
  const close = () => root.replaceChildren();

  function seen() {
    localStorage.setItem(SEEN, "yes");
    close();
  }

  function invite() {
    root.replaceChildren(h("section", { class: "bar", "aria-label": Latent.say("First visit") },
      h("p", {}, Latent.say("New here? A short tour says what these models are, and what to look for.")),
      h("div", { class: "tools" }, button(Latent.say("Start the tour"), Latent.tours, { class: "chip strong" }), button(Latent.say("No, thanks"), seen))));
  }

  Latent.tours = async () => {
    if (!await load()) return;
    seen();
    const body = h("div", {}), dialog = h("dialog", { class: "about-model tour-of-page latent", "aria-label": Latent.say("Tour"), onclose: () => dialog.remove() }, body);
    document.body.append(dialog);
    const leave = (act) => { dialog.close(); act?.(); };
    turn(0);
    dialog.showModal();

    function turn(at) {
      const last = at === told.tour.length;
      body.replaceChildren(...(last ? tries(leave) : part(told.tour[at])),
        h("footer", { class: "tools" },
          h("span", { class: "note" }, Latent.say("{at} of {all}", { at: at + 1, all: told.tour.length + 1 })),
          at ? button(Latent.say("Back"), () => turn(at - 1)) : "",
          last ? "" : button(Latent.say("Next"), () => turn(at + 1), { class: "chip strong" }),
          button(last ? Latent.say("Done") : Latent.say("Skip the tour"), () => leave())));
      body.querySelector(".strong")?.focus();
    }
  };

  function part({ title, text, points, drawings }) {
    const drawn = h("div", { lang: "en" });
    drawn.innerHTML = drawings;  // the server's own, escaped there
    return [h("h2", {}, title), h("p", {}, text), points.length ? h("ul", {}, points.map((each) => h("li", {}, each))) : "", drawn];
  }

  const tries = (leave) => [h("h2", {}, Latent.say("Three things to try")),
    h("ol", {}, told.try.map(({ title, query }) => h("li", {}, button(title, () => leave(() => Latent.go({ query })))))),
    h("p", {}, Latent.say("For a class, a lesson sets the page up in eight steps:")), button(Latent.say("Start the lesson"), () => leave(() => lesson(0)), { class: "chip strong" })];

  // A step of the lesson, above the page that it sets up; `arrived` where the link has done that.
  async function lesson(at, arrived = false) {
    if (!await load() || !told.lesson[at]) return;
    const { title, text, query } = told.lesson[at], all = told.lesson.length, url = new URL(window.location.href);
    url.search = `lesson=${at + 1}`;
    root.replaceChildren(h("section", { class: "bar", "aria-label": Latent.say("Lesson") },
      h("div", {}, h("h2", {}, Latent.say("Step {at} of {all}: {title}", { at: at + 1, all, title })), h("p", {}, text)),
      h("div", { class: "tools" }, at ? button(Latent.say("Back"), () => lesson(at - 1)) : "",
        at + 1 < all ? button(Latent.say("Next"), () => lesson(at + 1), { class: "chip strong" }) : "",
        button(Latent.say("Copy its link"), () => Latent.copy(url.href, Latent.say("The link is copied."))), button(Latent.say("End the lesson"), close))));
    if (!arrived) Latent.go({ query });
  }

  const asked = Number(new URLSearchParams(window.location.search).get("lesson"));
  if (asked) lesson(asked - 1, true);
  else if (!localStorage.getItem(SEEN)) invite();
};
