"""Build the site in the folder that is named, and check it.

It ends with 0 where every link of the site leads somewhere, and every public name has documentation.
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
    # What pdoc warns of is missing on the site. The annotations of attrs itself are no concern of it.
    warnings.filterwarnings("error", module="pdoc")
    warnings.filterwarnings("ignore", message="Error parsing type annotation .*attrs.Attribute")
    modules = build(Path(folder))
    faults = [*broken_links(Path(folder)), *undocumented(modules)]
    print(*(f"{fault}\n" for fault in faults), f"{len(modules)} modules in {folder}, {len(faults)} faults", sep="")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
