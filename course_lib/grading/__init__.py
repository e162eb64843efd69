"""The instructor side."""

import sys

from ._nbgrader import without_servers

# The checker of web addresses that a notebook's validator would have takes longer to import than all
# the rest of the command, because it builds a grammar. No notebook of ours has an address to check.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

without_servers()
