"""Labels of plates: has an OCR engine read sharp plates, for training and validation."""
