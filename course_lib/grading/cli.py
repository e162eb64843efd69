"""The ``course`` command. Thin on purpose: each command reads its options and calls one module."""

from __future__ import annotations

from . import cli_author, cli_class, cli_desk, cli_look, cli_student
from .cli_base import main

__all__ = ["cli_author", "cli_class", "cli_desk", "cli_look", "cli_student", "main"]

if __name__ == "__main__":
    main()
