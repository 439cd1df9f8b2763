"""Calibrates networks that read: fits the temperature that makes their probabilities hold."""
