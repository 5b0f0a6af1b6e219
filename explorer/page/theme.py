"""Colours, corners and fonts of the page; only fonts that every system has."""

import gradio as gr

FONTS = ["ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]


def theme() -> gr.themes.Base:
    return gr.themes.Base(
        primary_hue="indigo",
        neutral_hue="slate",
        radius_size="lg",
        spacing_size="md",
        font=FONTS,
        font_mono=MONO,
    ).set(
        body_background_fill="#f6f7fb",
        body_background_fill_dark="#0c1020",
        body_text_color_subdued="*neutral_500",  # 4.5:1 on the page, as readers need
        body_text_color_subdued_dark="*neutral_400",
        background_fill_primary="#ffffff",
        background_fill_primary_dark="#141a2e",
        background_fill_secondary="#f1f3f9",
        background_fill_secondary_dark="#1a2138",
        block_background_fill="#ffffff",
        block_background_fill_dark="#141a2e",
        block_border_width="0px",
        block_shadow="0 1px 2px rgb(15 23 42 / 0.06)",
        block_shadow_dark="none",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        block_title_text_weight="600",
        border_color_primary="#e3e7f0",
        border_color_primary_dark="#283150",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_500",
        button_primary_text_color="#ffffff",
        input_background_fill="#f6f7fb",
        input_background_fill_dark="#0f1528",
        slider_color="*primary_600",
        slider_color_dark="*primary_500",
    )
