"""Exists to choose a vocoder by the kind its graph declares; each kind is one file here."""

from __future__ import annotations

from qingyin.contracts import check_contract, sizes
from qingyin.errors import ModelError
from qingyin.manifest import Manifest
from qingyin.sessions import Session
from qingyin.vocoders.base import Vocoder, VocoderStream
from qingyin.vocoders.hifigan import HifiganVocoder
from qingyin.vocoders.hifigan_source_istft import HifiganSourceIstftVocoder
from qingyin.vocoders.source_filter import SourceFilterVocoder

__all__ = ["KINDS", "Vocoder", "VocoderStream", "load_vocoder"]

KINDS: dict[str, type[Vocoder]] = {
    kind.kind: kind for kind in (SourceFilterVocoder, HifiganSourceIstftVocoder, HifiganVocoder)
}


def load_vocoder(
    manifest: Manifest, name: str | None = None, threads: int = 1, device: str | None = None
) -> Vocoder:
    """Opens a vocoder of the model set by name (None: its default).

    Errors: ModelError for an unknown name or kind, a damaged file, or a graph that breaks its kind's
    contract.
    """
    spec = manifest.vocoder_graph(name)
    kind = KINDS.get(spec.kind or "")
    if kind is None:
        raise ModelError(
            f"graph {spec.name!r} is of kind {spec.kind!r}, this qingyin knows {', '.join(KINDS)}; "
            f"update qingyin or choose another vocoder"
        )
    check_contract(spec, kind.contract_of(spec), sizes(manifest, **kind.sizes(spec, manifest)))
    return kind(Session(spec, manifest.read_graph(spec), threads, device), manifest)
