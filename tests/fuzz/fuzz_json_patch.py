"""Fuzz the decoder of json patch: see harness.py."""

from harness import main

if __name__ == "__main__":
    main("json_patch")
