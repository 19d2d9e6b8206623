"""States in which features a source lives, because a graph that hears other mels sounds wrong without any error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from export.convert.errors import ConvertError
from export.manifest import FEATURE_SPACE

_MEL_KEYS = ("win_length", "fmin", "fmax")


@dataclass(frozen=True)
class FeatureSpace:
    """Rate, fmin and fmax in Hz; hop_length, n_fft and win_length in samples. Mels: Slaney's, ln of the amplitude."""

    sample_rate: int
    hop_length: int
    n_fft: int
    n_mels: int
    win_length: int
    fmin: float
    fmax: float

    def differences(self, wanted: FeatureSpace) -> list[str]:
        """One line for each value that is not the wanted one."""
        return [
            f"{field.name}: the source has {getattr(self, field.name):g}, the set {getattr(wanted, field.name):g}"
            for field in fields(self)
            if getattr(self, field.name) != getattr(wanted, field.name)
        ]

    def stated(self, overrides: Mapping[str, str]) -> FeatureSpace:
        """The same with what the user knows better. ConvertError: an unknown name, or no number."""
        names = {field.name for field in fields(self)}
        values: dict[str, Any] = {}
        for name, text in overrides.items():
            if name not in names:
                raise ConvertError(f"--feature {name}: it is none of {', '.join(sorted(names))}")
            try:
                number = float(text)
            except ValueError:
                raise ConvertError(f"--feature {name}={text}: it must be a number") from None
            values[name] = number if name in ("fmin", "fmax") else int(number)
        return replace(self, **values)

    def manifest_entries(self) -> dict[str, Any]:
        """The keys of a manifest that say this."""
        entries: dict[str, Any] = {name: getattr(self, name) for name in FEATURE_SPACE}
        entries["mel"] = {name: getattr(self, name) for name in _MEL_KEYS}
        return entries


def space_of(manifest: Mapping[str, Any]) -> FeatureSpace:
    """The feature space of a model set; a manifest without `mel` means 0 to 8000 Hz and a window of n_fft."""
    base = {name: manifest[name] for name in FEATURE_SPACE}
    mel = {"win_length": manifest["n_fft"], "fmin": 0, "fmax": 8000, **manifest.get("mel", {})}
    return FeatureSpace(**base, **mel)


def our_space() -> FeatureSpace:
    """The feature space of the models that are trained here."""
    return space_of(FEATURE_SPACE)
