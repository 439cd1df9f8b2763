"""The Deblurrer: networks that undo the blur of licence plates, their training and their use."""
