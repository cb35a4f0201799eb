"""Build the site in the named folder, and check it.

It exits with 0 if every link of the site leads somewhere, and every public name has documentation.
"""

import sys
import warnings
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[2]))

from tests.integration.docs.check import broken_links, undocumented  # noqa: E402
from tests.integration.docs.site import build  # noqa: E402


def main(folder: str) -> int:
    """Build and check; give the exit status."""
    # A warning of pdoc means that something is missing on the site. Only the annotations of attrs may be missing.
    warnings.filterwarnings("error", module="pdoc")
    warnings.filterwarnings("ignore", message="Error parsing type annotation .*attrs.Attribute")
    modules = build(Path(folder))
    faults = [*broken_links(Path(folder)), *undocumented(modules)]
    print(*(f"{fault}\n" for fault in faults), f"{len(modules)} modules in {folder}, {len(faults)} faults", sep="")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
