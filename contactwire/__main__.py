"""`python -m contactwire` is the command `contactwire`."""

import sys

from contactwire.cli import main

if __name__ == "__main__":
    sys.exit(main())
