"""One file per network, so that a reader finds an architecture whole and a checkpoint finds its class."""
