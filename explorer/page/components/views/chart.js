// A plotly figure in the page's own colours, its named lines above it: value {plotly, data, layout,
// note}, or without data.
Latent.chart = function ({ element, props, watch, what }) {
  const root = element.querySelector(".chart"), PICTURES_MS = 50;  // which are drawn first
  const legend = Latent.h("p", { class: "legend", role: "group", "aria-label": Latent.say("Lines") });
  root.setAttribute("role", "figure");
  root.setAttribute("aria-label", what);
  const note = Latent.h("p", { class: "note" });
  root.before(legend);
  root.after(note);

  // plotly.js holds the page for up to a second when it is loaded: not before the figure is seen.
  const inSight = () => new Promise((resolve) => {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      resolve();
    });
    observer.observe(root);
  });

  async function draw() {
    const value = props.value;
    root.hidden = legend.hidden = note.hidden = !value?.data;
    if (!value?.data) return;
    root.style.minHeight = `${value.layout.height}px`;  // its place, before it is drawn
    note.textContent = value.note ?? "";
    const named = value.data.filter(({ name }) => name);
    legend.replaceChildren(...named.map(({ name, line }) => Latent.key(name, line.color)));
    await inSight();
    await new Promise((drawn) => setTimeout(drawn, PICTURES_MS));
    await Latent.script(window.gradio_config.root + value.plotly);
    if (value !== props.value) return;
    const style = getComputedStyle(document.querySelector(".gradio-container"));
    const axis = (given) => ({ ...given, title: { text: Latent.say(given.title.text), font: { size: 11 } }, zeroline: false,
      gridcolor: style.getPropertyValue("--border-color-primary") });
    Plotly.react(root, value.data, {
      ...value.layout,
      separators: `${Latent.say(".")} `,  // before decimals, between thousands
      font: { family: style.fontFamily, size: 12, color: style.getPropertyValue("--body-text-color") },
      xaxis: axis(value.layout.xaxis),
      yaxis: axis(value.layout.yaxis),
    }, { responsive: true, displayModeBar: false });
  }

  Latent.live({ element, watch }, draw);
  Latent.onTheme(draw);
};
