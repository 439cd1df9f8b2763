"""What is told of the pictures: on the terminal, and in reports."""
