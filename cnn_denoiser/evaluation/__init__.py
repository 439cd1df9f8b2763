"""Measuring how well networks and baselines deblur."""
