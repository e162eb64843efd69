"""Reference checks."""
