"""TIFF files (TIFF 6.0, and BigTIFF)."""
