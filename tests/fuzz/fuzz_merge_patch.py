"""Fuzz the decoder of merge patches: see harness.py."""

from harness import main

if __name__ == "__main__":
    main("merge_patch")
