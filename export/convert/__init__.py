"""Published PyTorch models become graphs in the same slots as ours: `python -m export convert`."""
