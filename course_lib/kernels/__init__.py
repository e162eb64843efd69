"""Compiled code: arrays in, arrays changed in place. Nothing here checks its arguments.

The friendly functions that do are one level up, in the modules of the same names.
"""
