"""Fuzz the parser of `$select`: see harness.py."""

from harness import main

if __name__ == "__main__":
    main("select")
