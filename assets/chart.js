// A plotly figure in the page's own colours: value {plotly, data, layout} or null.
Latent.chart = function ({ element, props, watch }) {
  const root = element.querySelector(".chart");

  async function draw() {
    const value = props.value;
    root.hidden = !value;
    if (!value) return;
    await Latent.script(window.gradio_config.root + value.plotly);
    const style = getComputedStyle(document.querySelector(".gradio-container"));
    const axis = (given) => ({ ...given, title: { ...given.title, font: { size: 11 } }, zeroline: false,
      gridcolor: style.getPropertyValue("--border-color-primary") });
    Plotly.react(root, value.data, {
      ...value.layout,
      font: { family: style.fontFamily, size: 12, color: style.getPropertyValue("--body-text-color") },
      xaxis: axis(value.layout.xaxis),
      yaxis: axis(value.layout.yaxis),
    }, { responsive: true, displayModeBar: false });
  }

  Latent.live({ props, watch }, draw);
  Latent.onTheme(draw);
};
