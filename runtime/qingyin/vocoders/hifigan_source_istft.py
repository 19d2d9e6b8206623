"""Exists as the finer vocoder: a HiFi-GAN trunk hears the pulse train and filters it at a shorter hop."""

from __future__ import annotations

from qingyin.errors import ModelError
from qingyin.graph_spec import GraphSpec, Spectrum
from qingyin.manifest import Manifest
from qingyin.vocoders.filtered_excitation import FilteredExcitationVocoder


class HifiganSourceIstftVocoder(FilteredExcitationVocoder):
    """mel, F0, voicing, source [B, rate * T, 2 bins] -> filters [B, rate * T, bins]."""

    kind = "hifigan_source_istft"
    takes_source = True
    frames = "rate T"

    @classmethod
    def geometry(cls, spec: GraphSpec, manifest: Manifest) -> Spectrum:
        if spec.spectrum is None:
            raise ModelError(
                f"graph {spec.name!r} lacks the key 'spectrum' that its kind needs; export it again"
            )
        return spec.spectrum
