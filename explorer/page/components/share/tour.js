// A first visit is invited to a tour; `Latent.tours()` opens it. value {lesson}: the step of the
// lesson that the page is at, from 1, or 0. The server tells {tour: [{title, text, points,
// drawings}], lesson and try: [{title, text, query, sight}]}, and ends the lesson.
Latent.tour = function ({ element, props, watch, server }) {
  const { h } = Latent;
  const SEEN = "latent-tour", REST_MS = 200, LOOKS = 300;
  const root = element.querySelector(".tour");
  const button = (text, onclick, more = {}) => h("button", { type: "button", class: "chip", onclick, ...more }, text);
  let told = null, looking;

  const load = async () => (told ??= await server.contents({}).then(Latent.told).catch(Latent.lost));
  const close = () => { clearTimeout(looking); root.replaceChildren(); };

  function seen() {
    Latent.kept("localStorage").setItem(SEEN, "yes");
    if (!root.querySelector(".lesson")) close();
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
    h("p", {}, Latent.say("For a class, a lesson sets the page up in eight steps:")), button(Latent.say("Start the lesson"), () => leave(() => to(1)), { class: "chip strong" })];

  const to = (step) => Latent.go({ query: `lesson=${step}` });

  // The step of the lesson that the page is at, above what it has set up.
  async function draw() {
    const step = props.value?.lesson;
    if (!step) return root.querySelector(".lesson") && close();
    if (!await load() || step !== props.value.lesson) return;
    const { title, text, sight } = told.lesson[step - 1], all = told.lesson.length;
    const focused = root.contains(document.activeElement), before = root.querySelector(".lesson")?.dataset.step;
    Latent.keepFocus(root, () => root.replaceChildren(h("section", { class: sight ? "bar lesson stays" : "bar lesson", "aria-label": Latent.say("Lesson"), "data-step": step },
      h("div", {}, h("h2", {}, Latent.say("Step {at} of {all}: {title}", { at: step, all, title })), h("p", {}, text)),
      h("div", { class: "tools" }, step > 1 ? button(Latent.say("Back"), () => to(step - 1)) : "",
        step < all ? button(Latent.say("Next"), () => to(step + 1), { class: "chip strong" }) : "",
        button(Latent.say("Copy its link"), () => Latent.share(`lesson=${step}`)), button(Latent.say("End the lesson"), end)))));
    if (focused && !root.contains(document.activeElement)) (root.querySelector(".strong") ?? root.querySelector("button")).focus();
    if (before === String(step)) return;
    clearTimeout(looking);
    if (sight) look(sight);
  }

  // What the step is about comes into sight as soon as it is there, if within a minute, where the step's
  // text stays.
  function look(sight, left = LOOKS) {
    const node = document.querySelector(sight);
    if (getComputedStyle(root.closest(".block")).position !== "sticky") return;
    if (node?.offsetParent) node.scrollIntoView({ block: "nearest" });
    else if (left) looking = setTimeout(look, REST_MS, sight, left - 1);
  }

  function end() {
    close();
    server.end({ key: Latent.kept("sessionStorage").getItem("latent-key") }).catch(Latent.lost);
  }

  if (!Latent.kept("localStorage").getItem(SEEN) && !new URLSearchParams(window.location.search).has("lesson")) invite();
  Latent.live({ element, watch }, draw);
};
