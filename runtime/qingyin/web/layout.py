"""Exists to lay the page out: what stands where, and which action answers it."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

from qingyin.emotions import NEUTRAL
from qingyin.server.engine import Engine
from qingyin.web import choices, views
from qingyin.web.actions import Actions
from qingyin.web.choices import Heard
from qingyin.web.words import EXAMPLES, LANGUAGES, Words

_STATE_SECONDS = 4 * 3600  # after which what a closed page has heard is forgotten


def layout(engine: Engine, actions: Actions, words: Words) -> gr.Blocks:
    """The page in one language."""
    other = LANGUAGES[1 - LANGUAGES.index(words.language)]
    with gr.Blocks(title=words("title"), analytics_enabled=False, delete_cache=(600, _STATE_SECONDS)) as page:
        session = gr.BrowserState("", storage_key="qingyin-session", secret="qingyin")
        heard = gr.State(Heard(), time_to_live=_STATE_SECONDS)
        gr.HTML(
            f'<div class="qy-header"><h1>{words("name")}</h1><p>{words("subtitle")}</p>'
            f'<a href="../docs">{words("api_docs")}</a>'
            f'<a class="qy-switch" href="../{other}/" lang="{other}">{words("other_language")}</a></div>'
        )
        with gr.Row(equal_height=False):
            with gr.Column(scale=6, min_width=320, elem_classes="qy-card"):
                text = gr.Textbox(
                    EXAMPLES[words.language][0], label=words("text"), placeholder=words("text_hint"), lines=5,
                    max_lines=14, elem_id="text", max_length=200_000,
                )  # fmt: skip
                problem = gr.HTML(elem_id="problem")
                with gr.Row():
                    speak = gr.Button(words("speak"), variant="primary", size="lg", elem_id="speak")
                    stop = gr.Button(words("stop"), variant="stop", size="lg", elem_id="stop", visible=False)
                long = gr.Checkbox(label=words("long"), elem_id="long", container=False)
                script = "qingyin.player(element, props, watch)"
                player = gr.HTML("{}", html_template=_player(words), js_on_load=script, elem_id="player")
                parts = gr.HTML(js_on_load="qingyin.buttons(element, trigger)", elem_id="parts")
                with gr.Accordion(words("examples"), open=False):
                    examples = [[example] for example in EXAMPLES[words.language]]
                    gr.Examples(examples, [text], label="", elem_id="examples")
                with gr.Tabs():
                    with gr.Tab(words("readings")):
                        gr.HTML(f'<p class="qy-empty">{words("readings_info")}</p>')
                        reading_problem = gr.HTML(elem_id="reading-problem")
                        menu = json.dumps({
                            "automatic": words("automatic"), "custom": words("custom_reading"), "ok": words("ok"),
                        }, ensure_ascii=False)  # fmt: skip
                        ruby = gr.HTML(js_on_load=f"qingyin.readings(element, trigger, {menu})", elem_id="readings")
                    with gr.Tab(words("picture")):
                        picture = gr.HTML(f'<p class="qy-empty">{words("picture_empty")}</p>', elem_id="picture")
                    with gr.Tab(words("history")):
                        script = "qingyin.history(element, props, trigger, watch)"
                        history = gr.HTML(js_on_load=script, elem_id="history")
            with gr.Column(scale=4, min_width=300, elem_classes="qy-card"):
                default = engine.synthesizer.manifest.default_voice
                voice = gr.Dropdown(
                    choices.voices(engine, words, False), value=default, label=words("voice"), elem_id="voice",
                    filterable=False,
                )  # fmt: skip
                with gr.Accordion(words("reference"), open=False, elem_id="reference"):
                    gr.HTML(f'<p class="qy-empty">{words("reference_info")} {words("microphone_hint")}</p>')
                    recording = _recording(words("reference_audio"), "recording")
                    consent = gr.Checkbox(label=words("consent"), elem_id="consent", container=False)
                    use = gr.Button(words("use_reference"), variant="secondary", elem_id="use-recording")
                    voice_message = gr.HTML(elem_id="voice-message")
                    with gr.Row(equal_height=False, elem_id="keep"):
                        name = gr.Textbox(
                            label=words("save_name"), placeholder=words("save_hint"), max_length=64, elem_id="name"
                        )
                        save = gr.Button(words("save"), min_width=80, elem_id="save")
                    delete = gr.Button(words("delete_voice"), size="sm", elem_id="delete")
                with gr.Accordion(words("emotion"), open=True):
                    feelings = [(words("emotion_own"), choices.OWN), (words(NEUTRAL), NEUTRAL)]
                    feelings += [(words.emotion(label), label) for label in choices.labels(engine)]
                    feelings += [(words("emotion_mix"), choices.MIX), (words("emotion_reference"), choices.REFERENCE)]
                    emotion = gr.Radio(
                        feelings, value=choices.OWN, label=words("emotion"), show_label=False, container=False,
                        elem_id="emotion",
                    )  # fmt: skip
                    with gr.Group(visible=False) as mixing:
                        mix = [
                            gr.Slider(0, 1.5, 0, step=0.05, label=words.emotion(label), elem_id=f"mix-{label}")
                            for label in choices.labels(engine)
                        ]
                    with gr.Group(visible=False) as feeling:
                        emotion_recording = _recording(words("emotion_audio"), "emotion-recording")
                        emotion_message = gr.HTML(elem_id="emotion-message")
                    strength = gr.Slider(0, 1.5, 1, step=0.05, label=words("strength"), elem_id="strength")
                with gr.Accordion(words("delivery"), open=True):
                    speed = gr.Slider(0.5, 2, 1, step=0.05, label=words("speed"), elem_id="speed")
                    pitch = gr.Slider(-12, 12, 0, step=0.5, label=words("pitch"), elem_id="pitch")
                    volume = gr.Slider(-30, 12, 0, step=1, label=words("volume"), elem_id="volume")
                    seed = gr.Textbox(label=words("seed"), max_length=19, elem_id="seed")
        gr.HTML(f'<div class="qy-footer"><p>{words("footer")}</p></div>')

        choice = [voice, emotion, strength, speed, pitch, volume, seed, *mix]
        shown = [player, problem, speak, stop, parts, picture, history]
        # The engine has limits of its own, and says so in words. Only what shows its progress goes through Gradio's
        # queue: all queued answers of a page share one stream of events, which ends when none is awaited, and an answer
        # asked for at that moment comes with the one asked for next. `direct` ones are a request and its answer.
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}
        direct = quiet | {"queue": False}
        speak.click(None, js="() => qingyin.unlock()", api_visibility="private")
        speak.click(actions.speak, [session, heard, text, long, *choice], shown, **quiet)
        parts.click(actions.redo, [session, heard, *choice], shown, **quiet)
        stop.click(None, js="() => qingyin.silence()", api_visibility="private")
        stop.click(actions.stop, **direct)
        waited = direct | {"show_progress": "minimal"}
        use.click(actions.use_recording, [recording, consent, heard], [heard, voice, voice_message], **waited)
        save.click(actions.save_voice, [name, heard], [voice, voice_message], **waited)
        delete.click(actions.delete_voice, [voice, heard], [voice, voice_message], **waited)
        emotion.change(
            lambda chosen: (gr.update(visible=chosen == choices.MIX), gr.update(visible=chosen == choices.REFERENCE)),
            [emotion], [mixing, feeling], **direct,
        )  # fmt: skip
        emotion_recording.change(actions.use_emotion, [emotion_recording, heard], [heard, emotion_message], **waited)
        text.change(actions.show_readings, [text], [ruby], trigger_mode="always_last", **direct)
        ruby.click(actions.choose_reading, [text], [text, reading_problem], **direct)
        # "multiple": a second entry may be removed while the first is
        history.click(actions.look_back, [session], [text, history], trigger_mode="multiple", **direct)
        # the text stays when the language is changed
        keep = "(text) => { sessionStorage.setItem('qingyin-text', text); }"
        text.change(None, [text], js=keep, api_visibility="private")
        find = "(text) => sessionStorage.getItem('qingyin-text') || text"
        page.load(None, [text], [text], js=find, api_visibility="private")
        page.load(actions.opened, [session, text], [session, history, voice, ruby], **direct)
    page.queue(max_size=256)
    return page


def _recording(label: str, id: str) -> gr.Audio:
    return gr.Audio(sources=["upload", "microphone"], type="filepath", label=label, elem_id=id, buttons=[])


def _player(words: Words) -> str:
    """The player's elements; assets/page.js gives them life."""
    links = "".join(f'<a data-kind="{kind}" href="#" download>{kind.upper()}</a>' for kind in views.FORMATS)
    return (
        '<div class="qy-player"><div class="qy-live" hidden>'
        '<button type="button" class="qy-pause" '
        f'data-pause="{words("pause")}" data-resume="{words("resume")}"></button>'
        '<canvas class="qy-canvas" aria-hidden="true"></canvas><span class="qy-time"></span></div>'
        f'<audio class="qy-audio" controls preload="metadata" aria-label="{words("sound_made")}" hidden></audio>'
        f'<p class="qy-note" role="status" data-empty="{words("sound_empty")}" data-failed="{words("no_sound")}"></p>'
        f'<p class="qy-downloads" hidden>{words("download")} {links}</p></div>'
    )
