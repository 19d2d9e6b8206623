"""Exists as the light vocoder: one network frame per mel frame filters a pulse train and noise."""

from __future__ import annotations

from qingyin.graph_spec import GraphSpec, Spectrum
from qingyin.manifest import Manifest
from qingyin.vocoders.filtered_excitation import FilteredExcitationVocoder


class SourceFilterVocoder(FilteredExcitationVocoder):
    """mel, F0, voicing -> filters [B, T, 513], in the feature space's own STFT."""

    kind = "source_filter"
    takes_source = False
    frames = "T"

    @classmethod
    def geometry(cls, spec: GraphSpec, manifest: Manifest) -> Spectrum:
        return Spectrum(manifest.n_fft, manifest.hop_length)
