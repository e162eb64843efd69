"""The instructor side."""
