"""Deblurring pictures with a trained network, without TensorFlow."""
