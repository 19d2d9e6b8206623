"""A batch is padded and a stream is cut into chunks: neither may change what the models say."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from export.models.acoustic import (
    EMOTION_SIZE,
    PITCH_SCALE,
    PROSODY_SIZE,
    SPEAKER_SIZE,
    AcousticDecoder,
    AcousticEncoder,
    AcousticModel,
)
from export.models.aligner import FrameClassifier, classifier_features
from export.models.excitation import pulse_train
from export.models.hifigan_istft import RATE, HifiganIstft, source_features
from export.models.recogniser import Recogniser
from export.models.source_filter import SourceFilterVocoder
from export.models.speaker_encoder import SpeakerEncoder
from export.models.spectral import hann, overlap_add, stft
from export.models.vocoders import VOCODERS, build
from export.training.acoustic import DECODER_PARTS, losses, movement, recast, unlikeness
from export.training.aligned import MANNERS, Aligned
from export.training.batches import collate
from export.training.casting import Cast
from export.training.predicted_mels import predict
from export.training.speaker_acoustic import SpeakerAcoustic
from qingyin.text.symbols import PHONEMES


def shaken(model: nn.Module, seed: int = 0) -> nn.Module:
    """The model in eval mode with every weight moved, so that nothing is zero by initialisation."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.1 * torch.randn_like(weight))
    return model.eval()


@pytest.fixture(scope="module")
def acoustic() -> AcousticModel:
    model = AcousticModel(
        len(PHONEMES), channels=16, encoder_blocks=2, decoder_blocks=2, pitch_blocks=2, pitch_channels=8
    )
    shaken(model)
    return model


def close(a: Tensor, b: Tensor, tolerance: float = 2e-5) -> bool:
    return a.shape == b.shape and torch.allclose(a, b, rtol=1e-4, atol=tolerance)


def test_padding_changes_nothing_of_the_acoustic_model(acoustic: AcousticModel) -> None:
    lengths = [5, 12]
    mask = (torch.arange(12)[None] < torch.tensor(lengths)[:, None]).float()[..., None]
    ids = [torch.randint(1, high, (2, 12)) * mask[..., 0].long() for high in (60, 6, 4)]
    manner, voice = torch.randn(2, PROSODY_SIZE), torch.randn(2, SPEAKER_SIZE)
    emotion = torch.randn(2, EMOTION_SIZE)
    track, position = torch.rand(2, 12) + 5, torch.rand(2, 12)

    def everything(n: slice, size: int, mask: Tensor | None) -> list[Tensor]:
        content = acoustic.encode(*(x[n, :size] for x in ids), mask)
        duration = acoustic.predict_duration(content, manner[n], emotion[n], mask)
        placed = acoustic.place(content, position[n, :size])
        prosody = acoustic.predict_prosody(placed, manner[n], emotion[n], mask)
        given = (track[n, :size], (track[n, :size] > 5.5).float(), track[n, :size] - 5)
        return [content, *duration, *prosody, acoustic.decode(placed, *given, voice[n], emotion[n], mask)]

    with torch.inference_mode():
        batch = everything(slice(0, 2), 12, mask)
        for n, length in enumerate(lengths):
            for together, alone in zip(batch, everything(slice(n, n + 1), length, None), strict=True):
                assert close(together[n : n + 1, :length], alone)


def test_a_chunk_with_its_context_is_the_decoder_on_the_whole(acoustic: AcousticModel) -> None:
    decoder, context, frames = AcousticDecoder(acoustic), acoustic.context_frames, 60
    hidden, position = torch.randn(1, frames, 16 + 8), torch.rand(1, frames)
    offset, noise = 0.1 * torch.randn(1, frames), torch.randn(1, frames)
    prosody, timbre, emotion = torch.randn(1, PROSODY_SIZE), torch.randn(1, SPEAKER_SIZE), torch.randn(1, EMOTION_SIZE)
    mean, spread = torch.full((1, 1), 5.3), torch.ones(1, 1)

    def decode(a: int, b: int) -> tuple[Tensor, ...]:
        constant = (prosody, timbre, emotion, mean)
        return decoder(hidden[:, a:b], position[:, a:b], *constant, offset[:, a:b], spread, noise[:, a:b])

    with torch.inference_mode():
        whole = decode(0, frames)
        a, b = 20, 35
        for part, full in zip(decode(a - context, b + context), whole, strict=True):
            assert close(part[:, context : context + b - a], full[:, a:b], 1e-3)
        begin = decode(0, b + context)
        assert close(begin[0][:, :b], whole[0][:, :b])  # the beginning needs no context: zeros are the model's own
        less = decode(a - 1, b + 1)
        assert not close(less[0][:, 1 : 1 + b - a], whole[0][:, a:b])


def test_the_two_halves_say_what_the_model_says(acoustic: AcousticModel) -> None:
    phonemes, tones, boundaries = (torch.randint(0, 4, (1, 6)) for _ in range(3))
    prosody, timbre, emotion = torch.randn(1, PROSODY_SIZE), torch.randn(1, SPEAKER_SIZE), torch.randn(1, EMOTION_SIZE)
    repeated, position, zeros = torch.arange(6).repeat_interleave(5), torch.rand(1, 30), torch.zeros(1, 30)
    mean, spread = torch.full((1, 1), 5.3), torch.ones(1, 1)
    with torch.inference_mode():
        hidden, *durations = AcousticEncoder(acoustic)(phonemes, tones, boundaries, prosody, emotion)
        mel, f0, voicing = AcousticDecoder(acoustic)(
            hidden[:, repeated], position, prosody, timbre, emotion, mean, zeros, spread, zeros
        )
        content = acoustic.encode(phonemes, tones, boundaries)
        placed = acoustic.place(content[:, repeated], position)
        said = acoustic.predict_prosody(placed, prosody, emotion)
        log_f0 = torch.clamp(mean + said.pitch * PITCH_SCALE, math.log(60.0), math.log(800.0))
        voiced = torch.sigmoid(said.voicing)
        wanted = acoustic.to_mel(
            acoustic.decode(placed, log_f0, (voiced > 0.5).float(), said.energy, timbre, emotion)
        )
        lengths = acoustic.predict_duration(content, prosody, emotion)
    assert close(f0, torch.exp(log_f0), 1e-2) and close(voicing, voiced) and close(mel, wanted, 1e-3)
    assert all(close(ours, theirs) for ours, theirs in zip(durations, lengths, strict=True))


def test_zero_emotion_has_no_effect_and_another_voice_has(acoustic: AcousticModel) -> None:
    voice = torch.randn(1, SPEAKER_SIZE)
    condition = acoustic.condition
    assert torch.equal(condition(voice, torch.zeros(1, EMOTION_SIZE)), torch.tanh(condition.voice(voice))[:, None])
    assert not torch.equal(condition(voice, torch.zeros(1, 16)), condition(-voice, torch.zeros(1, 16)))


TINY = {"channels": 16, "encoder_blocks": 1, "decoder_blocks": 1, "pitch_blocks": 1, "pitch_channels": 8}


def clip(frames: int, speaker: str, seed: int) -> Aligned:
    rng = np.random.default_rng(seed)
    durations = np.array([4, frames - 8, 4])
    track = rng.normal(0, 1, frames).astype(np.float32)
    return Aligned(
        None,
        ("aishell_sample", speaker),
        5.0,
        np.array([1, 30, 1]),
        np.array([0, 4, 0]),
        np.array([3, 3, 3]),
        durations,
        rng.normal(-4, 1, (frames, 80)).astype(np.float32),
        np.exp(5 + 0.1 * track),
        (track > -0.5).astype(np.float32),
        track,
    )


def test_losses_of_a_padded_batch_are_the_mean_over_frames() -> None:
    model = SpeakerAcoustic(
        len(MANNERS), channels=16, encoder_blocks=1, decoder_blocks=1, pitch_blocks=1, pitch_channels=8
    )
    shaken(model)
    clips = [clip(14, "S0150", 0), clip(40, "S0252", 1)]
    model.set_statistics([*clips, clip(20, "S0150", 2)])
    speakers = torch.nn.functional.normalize(torch.randn(2, SPEAKER_SIZE), dim=1)
    with torch.inference_mode():
        together, mel = losses(model, collate(clips), speakers)
        alone = [losses(model, collate([c]), speakers[n : n + 1])[0] for n, c in enumerate(clips)]
    assert mel.shape == (2, 40, 80)
    for key in ("mel", "voicing", "energy"):
        assert together[key].item() == pytest.approx((14 * alone[0][key] + 40 * alone[1][key]).item() / 54, rel=1e-4)


def test_padding_changes_nothing_of_the_recogniser_or_the_aligner() -> None:
    recogniser, aligner = Recogniser(len(PHONEMES), channels=16, blocks=2), FrameClassifier(8, channels=16, blocks=2)
    shaken(recogniser)
    shaken(aligner)
    lengths = [11, 20]
    clips = [torch.randn(n, 83) for n in lengths]
    padded = nn.utils.rnn.pad_sequence(clips, batch_first=True)
    mask = (torch.arange(10)[None] < torch.tensor([6, 10])[:, None]).float()[..., None]
    mels = [torch.randn(n, 80) for n in lengths]
    features = nn.utils.rnn.pad_sequence([classifier_features(mel) for mel in mels], batch_first=True)
    frame_mask = (torch.arange(20)[None] < torch.tensor(lengths)[:, None]).float()[..., None]
    with torch.inference_mode():
        phones, tones = recogniser(padded, mask)
        states = aligner(features, frame_mask)
        for n, length in enumerate(lengths):
            alone = recogniser(clips[n][None])
            steps = (length + 1) // 2
            assert close(phones[n : n + 1, :steps], alone[0])
            assert close(tones[n : n + 1, :steps], alone[1])
            own = classifier_features(mels[n])[None]
            assert close(states[n : n + 1, :length], aligner(own, torch.ones(1, length, 1)))


def vocoder_inputs(frames: int) -> tuple[Tensor, Tensor, Tensor]:
    mel = torch.randn(2, frames, 80) - 4
    return mel, 100 + 100 * torch.rand(2, frames), (torch.rand(2, frames) > 0.3).float()


def test_source_filter_in_chunks_and_batches() -> None:
    net = SourceFilterVocoder(channels=16, blocks=2)
    shaken(net)
    inputs, a, b, context = vocoder_inputs(40), 15, 25, net.context_frames
    with torch.inference_mode():
        whole = net(*inputs)
        assert [x.shape for x in whole] == [(2, 40, 513)] * 3
        part = net(*(x[:, a - context : b + context] for x in inputs))
        alone = net(*(x[1:] for x in inputs))
    for full, cut, single in zip(whole, part, alone, strict=True):
        assert close(cut[:, context : context + b - a], full[:, a:b])
        assert close(single, full[1:])


def test_hifigan_source_in_chunks_and_batches() -> None:
    net = HifiganIstft(channels=16)
    shaken(net)
    mel, f0, voicing = vocoder_inputs(60)
    source = source_features(pulse_train(f0, voicing, torch.zeros(2)))
    assert source.shape == (2, 240, 258)
    a, b, context = 25, 35, net.context_frames
    begin, end = a - context, b + context
    assert begin >= 0
    assert end <= 60
    with torch.inference_mode():
        whole = net(mel, f0, voicing, source)
        assert [x.shape for x in whole] == [(2, 240, 129)] * 3
        part = net(mel[:, begin:end], f0[:, begin:end], voicing[:, begin:end], source[:, RATE * begin : RATE * end])
        alone = net(mel[1:], f0[1:], voicing[1:], source[1:])
    for full, cut, single in zip(whole, part, alone, strict=True):
        assert close(cut[:, RATE * context : RATE * (context + b - a)], full[:, RATE * a : RATE * b], 1e-4)
        assert close(single, full[1:], 1e-4)


@pytest.mark.parametrize("kind", sorted(VOCODERS))
def test_every_vocoder_gives_a_hop_of_samples_a_frame_and_the_same_for_a_seed(kind: str) -> None:
    torch.manual_seed(0)
    model, config = build(kind, channels=16)
    assert config == {"kind": kind, "channels": 16}
    inputs = vocoder_inputs(12)
    with torch.inference_mode():
        first, again = (model.synthesise(*inputs, torch.Generator().manual_seed(3)) for _ in range(2))
    assert first.shape == (2, 12 * 256)
    assert torch.isfinite(first).all()
    assert torch.equal(first, again)


@pytest.mark.parametrize(("n_fft", "hop"), [(1024, 256), (256, 64)])
def test_stft_and_overlap_add_are_inverse_away_from_the_ends(n_fft: int, hop: int) -> None:
    samples = torch.randn(2, 20 * hop)
    spectrum = stft(samples, n_fft, hop, hann(n_fft))
    assert spectrum.shape == (2, n_fft // 2 + 1, 20)
    again = overlap_add(spectrum, n_fft, hop, hann(n_fft))
    assert again.shape == samples.shape
    assert close(again[:, 2 * hop : -2 * hop], samples[:, 2 * hop : -2 * hop])


def test_pulse_train_has_power_one_where_voiced_and_is_silent_elsewhere() -> None:
    frames = 60
    voicing = (torch.arange(frames) < 40).float()[None]
    pulses = pulse_train(torch.full((1, frames), 200.0), voicing, torch.zeros(1))[0]
    assert pulses.shape == (frames * 256,)
    assert pulses[: 38 * 256].pow(2).mean().item() == pytest.approx(1.0, rel=0.05)
    assert pulses[41 * 256 :].abs().max() == 0
    spectrum = torch.fft.rfft(pulses[: 22050 // 2] * torch.hann_window(22050 // 2)).abs()
    peaks = spectrum[100:5000:100]  # every 200 Hz in bins of 2 Hz
    assert peaks.min() > 0.8 * peaks.max()
    assert spectrum[150:5000:100].max() < 0.01 * peaks.max()


def test_likeness_teaches_the_decoder_alone_and_needs_a_second_of_speech() -> None:
    torch.manual_seed(0)
    model = SpeakerAcoustic(
        len(MANNERS), channels=16, encoder_blocks=1, decoder_blocks=1, pitch_blocks=1, pitch_channels=8
    )
    encoder = SpeakerEncoder(channels=16, blocks=1).eval().requires_grad_(False)
    speakers = torch.nn.functional.normalize(torch.randn(2, SPEAKER_SIZE), dim=1)
    cast = Cast(speakers, torch.tensor([[4.8], [5.5]]), torch.zeros(2, 0))
    assert recast(model, collate([clip(30, "S0150", 0), clip(40, "S0252", 1)]), cast) is None
    said = recast(model, collate([clip(120, "S0150", 0), clip(130, "S0252", 1)]), cast)
    assert said is not None and said.shape == (2, 120, 80)
    unlikeness(said, encoder, speakers).backward()
    learns = {name.split(".")[1] for name, p in model.named_parameters() if p.grad is not None and p.grad.any()}
    assert learns and learns <= {*DECODER_PARTS, "pitch_inlet"}


def test_the_anchor_lets_timbre_change_and_nothing_else() -> None:
    mel = torch.randn(2, 50, 80)
    other_voice = mel + torch.linspace(-2, 2, 80)
    assert torch.allclose(movement(other_voice), movement(mel), atol=1e-5)
    assert (movement(mel * 0.5) - movement(mel)).abs().mean() > 0.1


def test_predicted_mels_have_the_clips_lengths() -> None:
    class Vectors:
        def vectors(self, items: list[Aligned], rng: np.random.Generator) -> torch.Tensor:
            return torch.nn.functional.normalize(torch.ones(len(items), SPEAKER_SIZE), dim=1)

    model = SpeakerAcoustic(
        len(MANNERS), channels=16, encoder_blocks=1, decoder_blocks=1, pitch_blocks=1, pitch_channels=8
    )
    made = predict(model.eval(), [clip(20, "S0150", 0), clip(33, "S0252", 1)], Vectors(), np.random.default_rng(0))
    assert [mel.shape for mel in made] == [(20, 80), (33, 80)]
    assert all(np.isfinite(mel).all() for mel in made)
