"""Publishing: makes a trained network one of those that come with the project."""
