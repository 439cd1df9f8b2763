"""Model folders and run folders: trained weights on the disk, and what they are."""
