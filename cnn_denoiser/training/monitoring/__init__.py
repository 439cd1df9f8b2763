"""What a run shows: TensorBoard, progress."""
