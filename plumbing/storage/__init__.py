"""Files that are not on a disk by themselves: in object storage, or in an archive."""
