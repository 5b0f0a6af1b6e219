// Light or dark, and how pixels are drawn.
Object.assign(Latent, {
  isDark: () => document.body.classList.contains("dark"),

  // The theme that was chosen here, unless the address names one, which gradio follows; and at once
  // again where the system's changes, which gradio follows too.
  restoreTheme() {
    const restore = () => {
      const chosen = Latent.kept("localStorage").getItem("latent-theme");
      if (chosen && !new URLSearchParams(window.location.search).has("__theme")) document.body.classList.toggle("dark", chosen === "dark");
    };
    restore();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(() => {
      restore();
      window.dispatchEvent(new Event("latent-theme"));
    }));
    return true;
  },

  toggleDark() {
    const url = new URL(window.location.href);
    Latent.kept("localStorage").setItem("latent-theme", document.body.classList.toggle("dark") ? "dark" : "light");
    url.searchParams.delete("__theme");
    window.history.replaceState(window.history.state, "", url);
    window.dispatchEvent(new Event("latent-theme"));
  },

  // Pixels as they are, or smooth: for all pictures alike, so that they can be compared.
  pixelated: () => document.body.classList.contains("pixelated"),

  togglePixels() {
    document.querySelector("#pixels").setAttribute("aria-pressed", String(document.body.classList.toggle("pixelated")));
    window.dispatchEvent(new Event("latent-theme"));
  },

  onTheme: (react) => window.addEventListener("latent-theme", react),
});
