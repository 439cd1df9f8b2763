"""The formats of picture files: signatures, headers, and a decoder for each."""
