"""`python -m contactwire` is the command `contactwire`."""

import sys

from _contactwire_command import main

if __name__ == "__main__":
    sys.exit(main())
