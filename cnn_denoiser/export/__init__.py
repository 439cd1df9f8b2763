"""Trained networks from Keras to ONNX."""
