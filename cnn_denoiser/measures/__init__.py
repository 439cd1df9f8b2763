"""Measures of deblurred pictures: how near they are to the sharp ones, and how well they read."""
