"""Exists to play sound through the loudspeaker without gaps, by a sound server or through PortAudio."""
