"""What is held out must stay held out for ever: one recording that leaks into training spoils every later measure."""

from __future__ import annotations

from pathlib import Path

import pytest

from export.corpora import Clip, CorpusError, find_corpora, read_manifest

HEADER = "audio\tspeaker\tlanguage\tseconds\ttext\n"


@pytest.mark.parametrize(
    ("corpus", "audio", "speaker", "held_out"),
    [
        ("hsk_words", "audio/00155.opus", "yuetan", True),
        ("hsk_words", "audio/00235.opus", "yuetan", True),
        ("hsk_words", "elsewhere/00155.wav", "another", True),  # the name alone decides
        ("hsk_words", "audio/00000.opus", "yuetan", False),
        ("aishell_sample", "audio/S0150W0008.opus", "S0150", True),
        ("aishell_sample", "audio/S0150W0001.opus", "S0150", False),
        ("pinyin_syllables", "audio/chu2.opus", "chenwang", True),
        ("pinyin_syllables", "audio/_hm1.opus", "chenwang", False),
        ("dspspeech20", "audio/01_00_01.opus", "dsp01", True),  # elsewhere whole speakers
        ("dspspeech20", "audio/01_19_10.opus", "dsp01", True),
        ("dspspeech20", "audio/00_00_01.opus", "dsp00", False),
        ("librispeech_clips", "audio/1998-15444-0000.opus", "ls1998", True),
        ("librispeech_clips", "audio/1688-142285-0000.opus", "ls1688", False),
        ("speechocean762", "audio/013090018.opus", "so1309_m31", True),
        ("speechocean762", "audio/000010011.opus", "so0001_m6", False),
        ("a_new_corpus", "audio/1.wav", "s44", True),
        ("a_new_corpus", "audio/1.wav", "s1", False),
    ],
)
def test_split_is_the_one_that_the_shipped_models_had(corpus: str, audio: str, speaker: str, held_out: bool) -> None:
    clip = Clip(corpus, Path(audio), speaker, "zh", 1.0, "一")
    assert clip.held_out is held_out


def write(folder: Path, rows: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "manifest.tsv").write_text(rows, encoding="utf-8")
    return folder


def test_manifest_columns_may_come_in_any_order_and_quotes_mean_nothing(tmp_path: Path) -> None:
    rows = 'text\tseconds\tnote\tspeaker\taudio\tlanguage\n"你好\t1.5\tx\tli\ta/b.wav\tzh\n'
    folder = write(tmp_path / "corpus", rows)
    assert list(read_manifest(folder)) == [Clip("corpus", folder / "a/b.wav", "li", "zh", 1.5, '"你好')]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("audio\tspeaker\tlanguage\ttext\n", r"missing column\(s\) seconds"),
        ("", r"missing column\(s\) audio, speaker, language, seconds, text"),
        (HEADER + "a.wav\tli\tzh\t1.0\n", "manifest.tsv:2: 4 fields where the header has 5"),
        (HEADER + "a.wav\tli\tzh\tlong\t你\n", "manifest.tsv:2: 'long' is no number of seconds"),
        (HEADER + "x/a.wav\tli\tzh\t1\t你\ny/a.ogg\tli\tzh\t1\t我\n", "manifest.tsv:3: a second recording is called a"),
    ],
)
def test_bad_manifest_is_named_with_its_line(tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        list(read_manifest(write(tmp_path / "corpus", rows)))


def test_corpora_are_found_in_a_folder_or_as_the_folder_itself(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"no folder with a manifest\.tsv"):
        find_corpora(tmp_path)
    with pytest.raises(CorpusError, match=r"no manifest\.tsv; it needs the tab-separated columns audio, speaker"):
        list(read_manifest(tmp_path))
    b, a = write(tmp_path / "b", HEADER), write(tmp_path / "a", HEADER)
    assert find_corpora(tmp_path) == [a, b]
    assert find_corpora(b) == [b]
