"""Commands that make the shipped pictures."""
