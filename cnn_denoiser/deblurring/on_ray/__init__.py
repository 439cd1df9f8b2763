"""Deblurring on a cluster: the plain command's plan and reports, its pipeline in Ray's actors."""
