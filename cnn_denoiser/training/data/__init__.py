"""What a run learns from: plates, pairs of them, and the worker processes that make batches."""
