"""JPEG files (ITU-T T.81)."""
