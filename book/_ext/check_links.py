"""Follow every link inside a finished site: ``python book/_ext/check_links.py _build/html``.

Nothing is asked of other hosts. Says what leads nowhere and ends with 1, or says that all is well and ends with 0.
"""

from __future__ import annotations

import sys
from pathlib import Path

import book_lint


def check(site: Path) -> list[str]:
    """Return what is wrong with the links of a site, and what its pages would ask of other hosts."""
    pages = sorted(site.rglob("*.html"))
    pages = [page for page in pages if page.relative_to(site).parts[0] not in {"_static", "lite"}]
    if not pages:
        return [f"There are no pages in {site}. Build them first: make book."]
    found = book_lint.links(pages, site)
    for page in pages:
        requests = book_lint.external_requests(page.read_text(encoding="utf-8"))
        found += [f"{page.relative_to(site)}: {finding}" for finding in requests]
    return found


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Give the folder of the site: python book/_ext/check_links.py _build/html")
    wrong = check(Path(sys.argv[1]))
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"{sys.argv[1]}: every link inside leads somewhere, and no page asks another host.")
