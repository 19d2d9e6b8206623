"""The PyTorch side of Qingyin: trains the models and turns them into the graphs that the runtime reads."""
