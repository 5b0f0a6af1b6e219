// What the page is told, and its words in the visitor's language, by `?lang=` or as the browser is.
// Where the app's scripts look for what the server gives, they find it here.
{
  const { words, ...about } = JSON.parse(document.getElementById("about").textContent);
  const asked = [new URLSearchParams(location.search).get("lang") ?? "", ...navigator.languages];
  const known = asked.map((each) => each.toLowerCase().split("-")[0]).find((each) => each === "en" || words[each]);
  window.gradio_config = { root: "", i18n_translations: { en: words[known] ?? {} } };
  window.latentAbout = about;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    document.body.classList.toggle("dark", dark.matches);
    window.dispatchEvent(new Event("latent-theme"));
  };
  dark.addEventListener("change", paint);
  paint();
}
