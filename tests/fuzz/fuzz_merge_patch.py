"""Fuzz the decoder of merge patch: see harness.py."""

from harness import main

if __name__ == "__main__":
    main("merge_patch")
