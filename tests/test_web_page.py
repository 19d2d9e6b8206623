"""The page in a real browser, on a real server: what people do with it, in the order in which they do it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import browsing
from held_speech import held
from patience import until
from speechlike import speechlike

browsing.require_page()
if TYPE_CHECKING:
    from playwright.sync_api import APIResponse, Browser, Page, Route

    from serving import Served

TEXT = "今天天气真好，我们去公园走走吧。"
LONG = "今天天气真好，我们去公园走走吧。" * 12


@pytest.fixture(scope="module")
def server(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    from qingyin.web.page import add_page
    from serving import serving

    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QINGYIN_HOME", str(home))
        patch.setenv("GRADIO_TEMP_DIR", str(home / "gradio"))
        with serving(models, tmp_path_factory.mktemp("jobs"), page=add_page) as served:
            yield served


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browsing.browser() as found:
        yield found


@pytest.fixture
def page(chromium: Browser, server: Served) -> Iterator[Page]:
    with browsing.opened(chromium, server.url) as found:
        yield found


def type_text(page: Page, text: str) -> None:
    before = page.input_value("#text textarea")
    page.fill("#text textarea", text)
    if text != before:  # Gradio takes up what was typed a moment later, and the page keeps what it has taken up
        page.wait_for_function("text => sessionStorage.getItem('qingyin-text') === text", arg=text)


def speak(page: Page) -> None:
    """Presses the button, and waits until all is there."""
    wait_for_sound(page, "#speak")


def wait_for_sound(page: Page, button: str) -> None:
    before = page.get_attribute("#player [data-made], #player[data-made]", "data-made")
    page.click(button)
    made = "document.querySelector('#player [data-made], #player[data-made]').dataset.made"
    page.wait_for_function(f"before => {made} && {made} !== before", arg=before)


def test_typed_text_sounds_while_it_is_made_and_can_be_played_and_downloaded_afterwards(page: Page) -> None:
    soundfile = pytest.importorskip("soundfile")
    type_text(page, TEXT)
    page.click("#speak")
    page.wait_for_selector("[data-first]")  # from the first sound on
    page.wait_for_selector(".qy-downloads:not([hidden])")
    lengths = {}
    for kind in ("WAV", "MP3", "FLAC"):
        with page.expect_download() as download:
            page.click(f".qy-downloads >> text={kind}")
        assert download.value.suggested_filename.endswith(kind.lower())
        samples, rate = soundfile.read(download.value.path())
        lengths[kind] = len(samples) / rate
        assert np.abs(samples).max() > 0.01
    assert lengths["WAV"] == lengths["FLAC"] == pytest.approx(lengths["MP3"], abs=0.1)
    page.wait_for_selector(".qy-audio:not([hidden])")
    page.eval_on_selector(".qy-audio", "e => e.play()")
    page.wait_for_function("() => document.querySelector('.qy-audio').currentTime > 0.2")
    assert page.eval_on_selector(".qy-audio", "e => e.duration") == pytest.approx(lengths["WAV"], abs=0.05)


def test_a_mistake_is_shown_beside_the_text_with_what_to_do(page: Page) -> None:
    type_text(page, "")
    page.click("#speak")
    assert "还没有文字" in page.inner_text("#problem [role=alert]")
    type_text(page, "你好。[speed fast]快[/speed]")
    page.click("#speak")
    page.wait_for_selector("#problem :text('第 1 行第 4 列')")
    type_text(page, TEXT)
    speak(page)
    page.wait_for_selector("#problem [role=alert]", state="detached")


def test_a_character_is_clicked_and_another_reading_chosen(page: Page) -> None:
    type_text(page, "重庆银行行。")
    page.wait_for_selector(".qy-syllable >> nth=0 >> text=重")  # no longer those of the text before
    page.click(".qy-syllable >> nth=4")
    page.click(".qy-menu button:text-is('hang2')")
    page.wait_for_function("() => document.querySelector('#text textarea').value === '重庆银行行[hang2]。'")
    page.wait_for_selector(".qy-syllable[data-chosen='1']")
    assert page.inner_text(".qy-syllable[data-chosen='1'] rt") == "háng"
    page.click(".qy-syllable[data-chosen='1']")
    page.fill(".qy-menu input", "foo9")
    page.keyboard.press("Enter")
    assert "foo9" in page.inner_text("#reading-problem [role=alert]")
    page.click(".qy-syllable[data-chosen='1']")
    page.click(".qy-menu button:text-is('自动')")
    page.wait_for_function("() => document.querySelector('#text textarea').value === '重庆银行行。'")


def test_what_looks_like_html_or_a_template_is_text(page: Page) -> None:
    type_text(page, "<img src=x onerror=alert(1)>{{value}}${1+1}好。")
    speak(page)
    page.click("role=tab[name='历史']")
    assert "<img src=x onerror=alert(1)>{{value}}${1+1}好。" in page.inner_text("#history .qy-entry-text")
    assert page.locator("#history img").count() == 0


def test_a_long_text_goes_by_segments_that_can_be_stopped_and_done_again(page: Page) -> None:
    type_text(page, LONG)
    page.check("#long input")
    speak(page)
    page.wait_for_selector(".qy-part[data-state=done] >> nth=2")
    page.wait_for_selector(".qy-part:not([data-state=done])", state="detached")
    text = page.eval_on_selector_all(".qy-part textarea", "all => all.map(e => e.value).join('')")
    assert text == LONG
    page.fill(".qy-part textarea >> nth=1", "这一段改了。")
    before = page.inner_text(".qy-part-head >> nth=1")
    wait_for_sound(page, "[data-redo='1']")
    page.wait_for_function("before => document.querySelectorAll('.qy-part-head')[1].innerText !== before", arg=before)
    assert page.inner_text(".qy-part-head >> nth=1").startswith("2")
    page.click(".qy-part >> nth=1 >> [data-play]")
    page.wait_for_function("() => document.querySelector('.qy-audio').currentTime > 0")


def test_stop_keeps_what_was_said(page: Page, server: Served) -> None:
    type_text(page, LONG * 8)
    with held(server.engine.synthesizer, 3):
        page.click("#speak")
        page.wait_for_selector("[data-state=playing]")
        page.click("#stop")
        page.wait_for_selector(".qy-note >> text=已停止")
        page.wait_for_selector("#speak")
        page.wait_for_selector(".qy-part:last-child[data-state=stopped]")
        until(lambda: server.engine.active == 0)


def wait_for_recording(page: Page) -> None:
    """Until the server has it, and the page can name it."""
    page.wait_for_selector("#recording audio", state="attached")


def test_a_recording_becomes_a_voice_with_consent_and_can_be_kept_and_deleted(page: Page, tmp_path: Path) -> None:
    page.click("#reference button >> nth=0")
    page.click("#use-recording")
    assert "还没有录音" in page.inner_text("#voice-message [role=alert]")
    page.set_input_files("#recording input[type=file]", recording(tmp_path / "me.wav", 6.0))
    wait_for_recording(page)
    page.click("#use-recording")
    page.wait_for_selector("#voice-message :text('勾选')")
    page.check("#consent input")
    page.click("#use-recording")
    page.wait_for_selector("#voice-message .qy-good")
    speak(page)
    assert "刚才的录音" in page.inner_text(".qy-note")
    page.fill("#name input, #name textarea", "a/b")
    page.click("#save")
    page.wait_for_selector("#voice-message :text('不能有')")
    page.fill("#name input, #name textarea", "小明")
    page.click("#save")
    page.wait_for_selector("#voice-message :text('已保存为 小明')")
    speak(page)
    assert "小明" in page.inner_text(".qy-note")
    page.click("#delete")
    page.wait_for_selector("#voice-message :text('小明 已删除')")


def test_a_file_that_is_no_recording_is_refused_in_words(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "fake.wav"
    path.write_bytes(b"RIFF, but not really" * 100)
    page.click("#reference button >> nth=0")
    page.check("#consent input")
    page.set_input_files("#recording input[type=file]", path)
    wait_for_recording(page)
    page.click("#use-recording")
    page.wait_for_selector("#voice-message :text('不是能读的录音')")


def test_the_microphone_serves_as_well(page: Page) -> None:
    page.click("#reference button >> nth=0")
    page.click("#recording [aria-label='Record audio']")
    page.click("#recording .record-button")
    seconds = "document.querySelector('#recording .duration')?.innerText.split(':')[1]"
    page.wait_for_function(f"() => {seconds} >= 3")
    page.click("#recording .stop-button")
    page.check("#consent input")

    def is_heard() -> bool:
        page.click("#use-recording")
        page.wait_for_selector("#voice-message .qy-message")
        return "还没有录音" not in page.inner_text("#voice-message")

    until(is_heard)  # it is shown before the server has it; the browser's microphone beeps, which is not a voice


def test_emotions_mixed_or_of_a_recording(page: Page, tmp_path: Path) -> None:
    page.click("#emotion >> text=混合")
    page.wait_for_selector("#mix-happy")
    page.fill("#mix-happy input[type=number]", "0.8")
    speak(page)
    assert page.inner_text(".qy-note").startswith("完成")
    page.click("#emotion >> text=跟随录音")
    page.click("#speak")
    page.wait_for_selector("#problem :text('需要一段录音')")
    page.set_input_files("#emotion-recording input[type=file]", recording(tmp_path / "sad.wav", 5.0))
    page.wait_for_selector("#emotion-message .qy-good")
    speak(page)
    assert page.inner_text(".qy-note").startswith("完成")


def test_history_picture_and_text_survive_a_change_of_language(page: Page) -> None:
    type_text(page, "换一种语言。")
    speak(page)
    page.click("role=tab[name='图']")
    page.wait_for_function("() => document.querySelector('img.qy-picture')?.naturalWidth > 0")
    page.click(".qy-switch")
    page.wait_for_selector("#speak:has-text('Speak')")
    page.wait_for_function("() => document.querySelector('#text textarea').value === '换一种语言。'")
    page.click("role=tab[name='History']")
    page.wait_for_selector("#history .qy-entry-text:text('换一种语言。')")
    type_text(page, "")
    page.click("#speak")
    page.wait_for_selector("#problem :text('The text is empty')")
    page.click("#history [data-reuse]")
    page.wait_for_function("() => document.querySelector('#text textarea').value === '换一种语言。'")
    page.click("#history [data-remove]")  # while the readings of that text are still on their way
    page.wait_for_selector("#history .qy-empty")


# What an overloaded machine does to the stream of events that all of Gradio's queued answers share.
LATE = """(() => {
  const real = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await real(...asked);
    if (!String(asked[0]?.url || asked[0]).includes("/queue/data")) return answer;
    const late = new TransformStream({ async transform(piece, out) {
      await new Promise((go) => setTimeout(go, 1500));
      out.enqueue(piece);
    } });
    return new Response(answer.body.pipeThrough(late), answer);
  };
})()"""


def test_the_history_hears_a_click_while_the_last_answer_is_on_its_way(page: Page) -> None:
    page.add_init_script(LATE)
    page.reload()
    page.wait_for_selector(".qy-syllable")
    type_text(page, "你好。")
    speak(page)
    page.click("role=tab[name='历史']")
    page.wait_for_selector("#history .qy-entry-text:text('你好。')")
    type_text(page, "再见。")
    page.click("#history [data-reuse]")
    page.wait_for_timeout(300)
    page.click("#history [data-remove]")
    page.wait_for_selector("#history .qy-empty")
    page.wait_for_timeout(4000)  # until all that is late has come
    assert page.locator("#history .qy-entry-text").count() == 0


def test_a_late_answer_brings_back_nothing_that_was_removed(page: Page) -> None:
    type_text(page, "你好。")
    speak(page)
    page.click("role=tab[name='历史']")
    type_text(page, "再见。")
    late: list[tuple[Route, APIResponse]] = []

    def pass_on(route: Route) -> None:
        if '"reuse"' in (route.request.post_data or ""):
            late.append((route, route.fetch()))
        else:
            route.continue_()

    page.route("**/gradio_api/**", pass_on)
    page.click("#history [data-reuse]")
    while not late:
        page.wait_for_timeout(10)
    page.click("#history [data-remove]")
    page.wait_for_selector("#history .qy-empty")
    for route, answer in late:
        route.fulfill(response=answer)
    page.wait_for_function("() => document.querySelector('#text textarea').value === '你好。'")
    assert page.locator("#history .qy-entry-text").count() == 0


@pytest.mark.parametrize(("locale", "word"), [("zh-CN", "朗读"), ("en-GB", "Speak"), ("fr-FR", "Speak")])
def test_the_browser_decides_on_the_language(chromium: Browser, server: Served, locale: str, word: str) -> None:
    with browsing.opened(chromium, server.url, locale) as page:
        assert word in page.inner_text("#speak")


def test_nothing_is_wider_than_a_phone(chromium: Browser, server: Served) -> None:
    with browsing.opened(chromium, server.url, width=390) as page:
        type_text(page, LONG)
        page.check("#long input")
        speak(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        small = page.eval_on_selector_all(
            "#speak, .qy-part button, .qy-syllable, .qy-downloads a",
            "all => all.filter(e => e.offsetHeight && e.offsetHeight < 36).map(e => e.outerHTML)",
        )
        assert small == []  # fingers are wider than mice


def test_the_page_is_a_fortress(server: Served) -> None:
    answer = server.http.get("/zh/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'self'" in policy
    assert server.http.get("/page/takes/../../etc/passwd/live").status_code in (403, 404)
    assert server.http.get("/page/takes/nobody/sound.wav").status_code == 404
    assert server.http.get("/zh/gradio_api/file=/etc/passwd").status_code in (403, 404)
    names = re.findall(r'"api_name":\s*"([^"]+)"', server.http.get("/zh/config").text)
    assert server.http.get("/zh/gradio_api/info").json()["named_endpoints"] == {}, names


def recording(path: Path, seconds: float) -> Path:
    """Something like speech, as a WAV file."""
    soundfile = pytest.importorskip("soundfile")
    data = io.BytesIO()
    soundfile.write(data, speechlike(seconds), 22050, format="WAV")
    path.write_bytes(data.getvalue())
    return path
