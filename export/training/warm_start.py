"""Begins a run with what fits of an earlier acoustic model: content and mels learnt before need not be learnt again."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from export.models.acoustic import SPEAKER_GAIN
from export.training.aligned import MANNERS
from export.training.references import References
from export.training.speaker_acoustic import SpeakerAcoustic
from qingyin.text.symbols import PHONEME_IDS

# English phones begin as the Mandarin sound that is nearest.
NEAREST = {
    "AA": "a", "AE": "ai", "AH": "e", "AO": "o", "AW": "ao", "AY": "ai", "EH": "ê", "ER": "er", "EY": "ei", "IH": "i",
    "IY": "i", "OW": "ou", "OY": "o", "UH": "u", "UW": "u", "B": "b", "CH": "q", "D": "d", "DH": "z", "F": "f",
    "G": "g", "HH": "h", "JH": "j", "K": "k", "L": "l", "M": "m", "N": "n", "NG": "ng", "P": "p", "R": "r", "S": "s",
    "SH": "x", "T": "t", "TH": "s", "V": "f", "W": "u", "Y": "i", "Z": "z", "ZH": "r",
}  # fmt: skip
# The corpus and speaker of the earlier model's table, in its order.
EARLIER = {"yuetan": "hsk_words", "S0150": "aishell_sample", "S0252": "aishell_sample", "chenwang": "pinyin_syllables"}


def warm_start(model: SpeakerAcoustic, path: Path, references: References) -> None:
    """Copy weights from a checkpoint of the same sizes, of a model with fewer phonemes and a table of speakers.

    Speakers of that table are found again through their vectors: the new layer maps those to what the table gave.
    """
    state = torch.load(path, map_location="cpu", weights_only=True)["model"]
    old = {key: value.float() for key, value in state.items()}
    own = model.state_dict()
    for key, value in old.items():
        name = key.removeprefix("acoustic.")
        if name.split(".")[0] in ("phoneme", "tone") or name == "condition.voice.weight":
            continue
        if key in own and own[key].shape == value.shape:
            own[key].copy_(value)
    acoustic = model.acoustic
    phoneme, tone = old["acoustic.phoneme.weight"], old["acoustic.tone.weight"]
    with torch.no_grad():
        acoustic.phoneme.weight[: len(phoneme)] = phoneme
        acoustic.tone.weight[: len(tone)] = tone
        for english, mandarin in NEAREST.items():
            acoustic.phoneme.weight[PHONEME_IDS[english]] += phoneme[PHONEME_IDS.get(mandarin, PHONEME_IDS["n"])]
        table = old["table.weight"]
        readers = table[1:3].mean(0)  # of sentences: where the manners that are new begin
        model.table.weight.copy_(torch.stack([table[n] if n < len(table) else readers for n in range(len(MANNERS))]))
        vectors = torch.stack([references.mean_vector(corpus, name) for name, corpus in EARLIER.items()]) * SPEAKER_GAIN
        acoustic.condition.voice.weight.copy_(_least_norm(vectors, table @ old["acoustic.condition.voice.weight"].T))
        for part in (acoustic.duration.condition, acoustic.pitch.condition, acoustic.condition):
            nn.init.zeros_(part.emotion.weight)  # the earlier model never saw an emotion


def _least_norm(inputs: Tensor, outputs: Tensor) -> Tensor:
    """Smallest matrix [out, in] that maps every row of inputs [n, in] to the row of outputs [n, out]."""
    return (torch.linalg.pinv(inputs) @ outputs).T
