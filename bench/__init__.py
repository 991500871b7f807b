"""Measurements: what the figures in the README and the notes come from."""
