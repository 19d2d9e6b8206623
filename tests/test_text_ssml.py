"""SSML: what each element does, what is left out and told, what is refused, and that no document harms."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyin.errors import MarkupError
from qingyin.text import Analysis, Sentence, analyse_document
from qingyin.text.ssml import parse_ssml

SPEAK = '<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="zh-CN">'


def read(source: str) -> Analysis:
    parts = list(analyse_document(parse_ssml(source)))
    return Analysis(
        tuple(sentence for part in parts for sentence in part.sentences),
        tuple(item for part in parts for item in part.unspoken),
        tuple(item for part in parts for item in part.notes),
    )


def inside(content: str) -> tuple[Sentence, ...]:
    return read(f"<speak>{content}</speak>").sentences


@pytest.mark.parametrize(
    ("content", "syllables"),
    [
        ("你好", "ni2 hao3"),
        ("你好&amp;再见", "ni2 hao3 he2 zai4 jian4"),
        ("&#x4E2D;&#22269;", "zhong1 guo2"),
        ("<![CDATA[你<好]]>", "ni2 xiao3 yu2 hao3"),
        ('去<phoneme alphabet="pinyin" ph="yin2 hang2">银行</phoneme>', "qu4 yin2 hang2"),
        ('<phoneme alphabet="pinyin" ph="huar1">花儿</phoneme>', "huar1"),
        ('<phoneme alphabet="pinyin" ph="ni3 hao3"/>', "ni3 hao3"),
        ('<phoneme alphabet="pinyin" ph="ni3 hao3">Hi</phoneme>', "ni3 hao3"),
        ('<phoneme alphabet="x-arpabet" ph="JH IH1 F">GIF</phoneme>', "JH-IH1-F"),
        ('<sub alias="世界卫生组织">WHO</sub>', "shi4 jie4 wei4 sheng1 zu3 zhi1"),
        ('<say-as interpret-as="digits">110</say-as>', "yi1 yi1 ling2"),
        ('<say-as interpret-as="telephone">110</say-as>', "yao1 yao1 ling2"),
        ('<say-as interpret-as="cardinal">12</say-as>', "shi2 er4"),
        ('<say-as interpret-as="ordinal">12</say-as>', "di4 shi2 er4"),
        ('<say-as interpret-as="date" format="dmy">5/3/2024</say-as>', "er4 ling2 er4 si4 nian2 san1 yue4 wu3 ri4"),
        ('<say-as interpret-as="time" format="hms24">8:30</say-as>', "ba1 dian3 san1 shi2 fen1"),
        ('<say-as interpret-as="unit">5kg</say-as>', "wu3 gong1 jin1"),
        ("<prosody rate='slow'>慢</prosody>", "man4"),
        ("<emphasis>好</emphasis>", "hao3"),
        ("<lang xml:lang='zh'>好</lang><w>好</w>", "hao2 hao3"),
        ("<audio src='a.wav'>好<desc>不说</desc></audio><metadata>不说</metadata>", "hao3"),
        ("今天\n天气", "jin1 tian1 tian1 qi4"),
    ],
)
def test_what_is_said(content: str, syllables: str) -> None:
    (sentence,) = inside(content)
    assert " ".join(sentence.syllables) == syllables


def test_sentences_and_paragraphs() -> None:
    assert [s.text for s in inside("<p><s>你好</s><s>再见，</s></p><p>走吧</p>")] == ["你好", "再见，", "走吧"]
    assert [s.text for s in inside("一行\n二行")] == ["一行 二行"], "line ends of XML are spaces"


@pytest.mark.parametrize(
    ("tag", "milliseconds"),
    [
        ('<break time="300ms"/>', 300), ('<break time="1.5s"/>', 1500), ("<break/>", 300),
        ('<break strength="strong"/>', 600), ('<break strength="weak" time="2s"/>', 2000),
    ],
)  # fmt: skip
def test_breaks(tag: str, milliseconds: float) -> None:
    (sentence,) = inside(f"好{tag}，好")
    assert [(p.pause_ms, p.exact) for p in sentence.phonemes if p.symbol == "sp"] == [(milliseconds, True)]
    (sentence,) = inside('好<break strength="none"/>，好')
    assert not [p for p in sentence.phonemes if p.symbol == "sp"]


@pytest.mark.parametrize(
    ("attributes", "style"),
    [
        ('rate="slow"', (0.75, 0, 0)), ('rate="80%"', (0.8, 0, 0)), ('rate="+20%"', (1.2, 0, 0)),
        ('rate="-20%"', (0.8, 0, 0)), ('rate="1.5"', (1.5, 0, 0)), ('rate="medium"', (1, 0, 0)),
        ('pitch="+2st"', (1, 2, 0)), ('pitch="-2.5st"', (1, -2.5, 0)), ('pitch="high"', (1, 3, 0)),
        ('pitch="+100%"', (1, 12, 0)), ('pitch="-50%"', (1, -12, 0)), ('pitch="default"', (1, 0, 0)),
        ('volume="+6dB"', (1, 0, 6)), ('volume="-50%"', (1, 0, -6.0206)), ('volume="soft"', (1, 0, -6)),
        ('volume="silent"', (1, 0, -60)), ('rate="fast" pitch="low" volume="loud"', (1.3, -3, 4)),
    ],
)  # fmt: skip
def test_prosody(attributes: str, style: tuple[float, float, float]) -> None:
    (sentence,) = inside(f"<prosody {attributes}>好</prosody>")
    found = sentence.phonemes[1].style
    assert (found.speed, found.pitch_semitones, found.volume_db) == pytest.approx(style, abs=1e-4)


def test_voices_and_emotions() -> None:
    azure = '<speak xmlns:m="https://www.w3.org/2001/mstts">你好。<voice name="s0150">再见。' \
            '<m:express-as style="sad" styledegree="0.5">唉。</m:express-as></voice></speak>'  # fmt: skip
    assert [(s.voice, s.emotion) for s in read(azure).sentences] == [
        (None, None), ("s0150", None), ("s0150", (("sad", 0.5),)),
    ]  # fmt: skip


def test_places_are_those_in_the_document() -> None:
    source = f'<?xml version="1.0"?>\r\n{SPEAK}\r\n<s>我&amp;你</s><sub alias="世卫">WHO</sub>\r\n去' \
             '<phoneme alphabet="pinyin" ph="yin2 hang2">银行</phoneme><phoneme alphabet="pinyin" ph="hao3"/>🎵' \
             "<prosody rate='fast'>取</prosody></speak>"  # fmt: skip
    details = [entry for sentence in read(source).sentences for entry in sentence.details]
    assert [source[entry.start : entry.end] for entry in details] == [
        "我", "&amp;", "你", "WHO", "WHO", "去", "银", "行", '<phoneme alphabet="pinyin" ph="hao3"/>', "🎵", "🎵", "取",
    ]  # fmt: skip


def test_what_does_nothing_is_noted() -> None:
    notes = read(f'{SPEAK}<mark name="a"/>好<audio src="b.wav">好</audio><prosody contour="(0%,+2st)">好</prosody>'
                 '<x:y xmlns:x="urn:x">好</x:y></speak>').notes  # fmt: skip
    assert [(note.text, note.message) for note in notes] == [
        ('<mark name="a"/>', "ignored: no marks are reported"),
        ('<audio src="b.wav">', "ignored: not played: what it holds is spoken in its place"),
        ('<prosody contour="(0%,+2st)">', "attribute ignored: contour"),
        ('<x:y xmlns:x="urn:x">', "ignored: element of another vocabulary"),
    ]


@pytest.mark.parametrize(
    ("source", "line", "column", "message"),
    [
        ("", 1, 1, "no element found"),
        ("好", 1, 1, "not well-formed"),
        ("<speak>好", 1, 9, "no element found"),
        ("<speak>\n好</spek>", 2, 4, "mismatched tag"),
        ("<speak>&foo;</speak>", 1, 8, "undefined entity"),
        ("<speak>好\ud800</speak>", 1, 9, "lone surrogate"),
        ("<speak>好\x00</speak>", 1, 9, "invalid token"),
        ("<p>好</p>", 1, 1, "expected <speak>"),
        ("<speak><speak/></speak>", 1, 8, "expected <speak>"),
        ("<speak>\n  <foo/></speak>", 2, 3, "unknown element"),
        ("<speak><prosody rte='1'>好</prosody></speak>", 1, 8, "unknown attribute rte: expected rate, pitch, volume"),
        ("<speak><prosody rate='quick'/></speak>", 1, 8, "rate: expected x-slow"),
        ("<speak><prosody rate='-60%'/></speak>", 1, 8, "rate: expected x-slow"),
        ("<speak><prosody pitch='200Hz'/></speak>", 1, 8, "Hz would mean"),
        ("<speak><prosody pitch='-100%'/></speak>", 1, 8, "pitch: expected"),
        ("<speak><prosody volume='50'/></speak>", 1, 8, "volume: expected"),
        ("<speak><break time='3'/></speak>", 1, 8, "with its unit"),
        ("<speak><break strength='big'/></speak>", 1, 8, "strength: expected one of none"),
        ("<speak><break>好</break></speak>", 1, 15, "expected nothing inside <break>"),
        ("<speak><phoneme ph='x'>好</phoneme></speak>", 1, 8, 'alphabet="ipa" is not supported'),
        ("<speak><phoneme alphabet='pinyin'>好</phoneme></speak>", 1, 8, "the attribute ph"),
        ("<speak><phoneme alphabet='pinyin' ph='haoo3'>好</phoneme></speak>", 1, 8, "'haoo3' is not"),
        ("<speak><sub>好</sub></speak>", 1, 8, "the attribute alias"),
        ("<speak><sub alias='好'>好<p/></sub></speak>", 1, 24, "only text inside <sub>"),
        ("<speak><voice>好</voice></speak>", 1, 8, "the attribute name"),
        ("<speak><voice name='../a'>好</voice></speak>", 1, 8, "the name of one voice"),
        ("<speak><emphasis level='big'>好</emphasis></speak>", 1, 8, "strong, moderate"),
        ("<speak>好<say-as>1</say-as></speak>", 1, 9, "the attribute interpret-as"),
        ("<speak>好<say-as interpret-as='digits'>x</say-as></speak>", 1, 9, "figures only"),
        ("<speak>好<say-as interpret-as='smell'>x</say-as></speak>", 1, 9, "one of cardinal"),
    ],
)
def test_errors_name_the_place_and_what_was_expected(source: str, line: int, column: int, message: str) -> None:
    with pytest.raises(MarkupError) as caught:
        parse_ssml(source)
    assert message in str(caught.value)
    assert (caught.value.line, caught.value.column) == (line, column)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "doctype",
    [
        f'<!DOCTYPE speak [<!ENTITY l0 "好">{LAUGHS}]>',
        '<!DOCTYPE speak [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE speak SYSTEM "http://127.0.0.1:1/x.dtd">',
        '<!DOCTYPE speak [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
        "<!DOCTYPE speak>",
    ],
)
def test_document_types_are_refused(doctype: str) -> None:
    began = time.process_time()
    with pytest.raises(MarkupError, match="a document type, which could define entities"):
        parse_ssml(f"<?xml version='1.0'?>\n{doctype}<speak>&l9;</speak>")
    assert time.process_time() - began < 10.0


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(MarkupError, match="more than 100 elements"):
        parse_ssml("<speak>" + "<w>" * 100_000)


def test_time_is_linear() -> None:
    began = time.process_time()
    parse_ssml("<speak>" + "好<break/>&amp;<prosody rate='slow'>好\n</prosody>" * 20_000 + "</speak>")
    assert time.process_time() - began < 10.0


PIECES = st.sampled_from(
    ["<speak>", "</speak>", "<p>", "</p>", "<s>", "</s>", "<break/>", '<break time="1s"/>', "<prosody rate='slow'>",
     "</prosody>", "<phoneme alphabet='pinyin' ph='hang2'>", "</phoneme>", "行", "银行", "&amp;", "&lt;", "&x;", "<",
     "<!-- -->", "<![CDATA[", "]]>", "<sub alias='好'>", "</sub>", "<voice name='a'>", "</voice>", "\n", "\r\n", " ",
     "<say-as interpret-as='digits'>", "</say-as>", "12", "。", "<?xml version='1.0'?>", "<!DOCTYPE a>", "<emphasis>",
     "</emphasis>", "🧿", "<m:x xmlns:m='u'/>"]
)  # fmt: skip


def check(source: str) -> None:
    try:
        analysis = read(source)
    except MarkupError as error:
        assert 0 <= error.position <= len(source) and error.line >= 1 and error.column >= 1
        return
    for sentence in analysis.sentences:
        assert all(0 <= entry.start < entry.end <= len(source) for entry in sentence.details)
    assert all(0 <= item.position < len(source) for item in (*analysis.unspoken, *analysis.notes))


@given(st.lists(PIECES, max_size=12).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_row_of_tags(content: str) -> None:
    check(f"<speak>{content}</speak>")
    check(content)


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text(text: str) -> None:
    check(text)
    check(f"<speak>{text}</speak>")


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


@given(st.text(alphabet=st.characters(codec="utf-8", min_codepoint=32, exclude_characters="\ufffe\uffff"), max_size=60))
@settings(max_examples=200, deadline=None)
def test_escaped_text_comes_back(text: str) -> None:
    assert parse_ssml(f"<speak>{escaped(text)}</speak>").text == text
