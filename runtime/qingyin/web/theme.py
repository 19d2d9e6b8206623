"""Exists to hold the page's colours and fonts: text and controls with the contrast that WCAG 2.1 AA asks for, light and
dark (Gradio's own teal under white text has half of it).
"""

from __future__ import annotations

from typing import Any

import gradio as gr

_FONTS = ["system-ui", "-apple-system", "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"]
_LIGHT_AND_DARK: dict[str, tuple[str, str]] = {
    "body_background_fill": ("*neutral_100", "*neutral_950"),
    "body_text_color_subdued": ("*neutral_600", "*neutral_300"),
    "block_background_fill": ("transparent", "transparent"),
    "block_title_background_fill": ("transparent", "transparent"),
    "block_title_text_color": ("*body_text_color", "*body_text_color"),
    "block_label_background_fill": ("transparent", "transparent"),
    "block_label_text_color": ("*body_text_color", "*body_text_color"),
    "input_background_fill": ("white", "*neutral_900"),
    "input_border_color": ("*neutral_400", "*neutral_500"),
    "input_border_color_focus": ("*primary_700", "*primary_400"),
    "input_placeholder_color": ("*neutral_500", "*neutral_400"),
    "checkbox_border_color": ("*neutral_500", "*neutral_400"),
    "checkbox_label_border_color": ("*neutral_300", "*neutral_600"),
    "checkbox_label_background_fill": ("white", "*neutral_900"),
    "checkbox_label_background_fill_selected": ("*primary_700", "*primary_700"),
    "button_primary_background_fill": ("*primary_700", "*primary_700"),
    "button_primary_background_fill_hover": ("*primary_800", "*primary_600"),
    "button_secondary_border_color": ("*neutral_300", "*neutral_600"),
    "button_secondary_background_fill": ("white", "*neutral_800"),
    "button_secondary_background_fill_hover": ("*neutral_100", "*neutral_700"),
    "button_cancel_background_fill": ("#b42318", "#b42318"),
    "button_cancel_background_fill_hover": ("#8f1a12", "#d92d20"),
    "button_cancel_text_color": ("white", "white"),
    "link_text_color": ("*primary_700", "*primary_300"),
    "slider_color": ("*primary_700", "*primary_500"),
}
_ALIKE = {
    "block_title_padding": "0", "block_shadow": "none", "input_shadow": "none", "input_border_width": "1px",
    "checkbox_label_shadow": "none", "checkbox_label_border_width": "1px", "button_border_width": "1px",
    "button_primary_shadow": "none", "button_secondary_shadow": "none",
}  # fmt: skip


def theme() -> Any:
    """The theme, for gradio.mount_gradio_app."""
    base = gr.themes.Soft(
        primary_hue="teal", secondary_hue="teal", neutral_hue="slate", font=_FONTS,
        font_mono=["ui-monospace", "monospace"],
    )  # fmt: skip
    light = {key: both[0] for key, both in _LIGHT_AND_DARK.items()}
    dark = {f"{key}_dark": both[1] for key, both in _LIGHT_AND_DARK.items()}
    return base.set(**light, **dark, **_ALIKE)
