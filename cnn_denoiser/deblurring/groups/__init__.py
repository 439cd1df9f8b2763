"""Several frames of one plate become one picture."""
