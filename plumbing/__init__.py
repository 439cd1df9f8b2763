"""The ground that everything stands on: picture files, whole writes, commands.

Imports nothing of the project's other packages.
"""
