"""Layer-by-layer pretraining on sharp plates."""
