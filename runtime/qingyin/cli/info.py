"""Exists to carry out `qingyin info`: files are looked at, and one graph is opened to see what really computes."""

from __future__ import annotations

import argparse
import platform

from qingyin import __version__
from qingyin.errors import DependencyError
from qingyin.manifest import Manifest
from qingyin.model_sets.finding import load_manifest


def info(arguments: argparse.Namespace) -> None:
    """Versions, the model set, its graphs, voices and licence. Errors: ModelError."""
    import numpy

    print(f"qingyin      {__version__}")
    print(f"python       {platform.python_version()} on {platform.machine()}")
    print(f"numpy        {numpy.__version__}")
    try:
        from qingyin.sessions import runtime_facts

        version, offered = runtime_facts()
        print(f"onnxruntime  {version}, offers {', '.join(offered)}")
    except DependencyError as error:
        print(f"onnxruntime  missing: {error}")
    manifest = load_manifest(arguments.models)
    _computes_on(manifest)
    print(f"models       {manifest.folder}")
    print(f"licence      {manifest.licence} (weights and voices)")
    print(f"sound        {manifest.sample_rate} Hz, hop {manifest.hop_length}, {manifest.n_mels} mels")
    print(f"voices       {', '.join(manifest.voices)} (default {manifest.default_voice})")
    if manifest.synthesiser is not None:
        text = manifest.synthesiser.text
        how = ", romanised by uroman" if text.uroman else ""
        spelled = f"spells {text.language} with {len(manifest.symbols)} symbols{how}"
        print(f"synthesiser  {manifest.synthesiser.kind}, {spelled}")
    print(f"vocoders     {', '.join(manifest.vocoders)} (default {manifest.default_vocoder})")
    print("graphs")
    total = 0
    for spec in manifest.graphs.values():
        total += spec.bytes
        size = f"{spec.bytes / 1e6:8.2f} MB"
        print(f"  {spec.name:<26}{size}  {spec.precision:<8} opset {spec.opset}  {spec.file}")
    print(f"  {'all':<26}{total / 1e6:8.2f} MB")
    for data in manifest.training_data:
        shown = data if isinstance(data, str) else ", ".join(str(value) for value in data.values())
        print(f"trained on   {shown}")


def _computes_on(manifest: Manifest) -> None:
    """What the default vocoder, opened as `say` opens it, really runs on. Errors: those of opening it."""
    from qingyin.compute import chosen
    from qingyin.vocoders import load_vocoder

    session = load_vocoder(manifest).session
    reason = f" (CUDA cannot be used: {session.fallback})" if session.fallback else ""
    print(f"computes on  {session.providers[0]}, asked for {chosen()}{reason}")
