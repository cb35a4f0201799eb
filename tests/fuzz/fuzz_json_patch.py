"""Fuzz the decoder of JSON Patch: see harness.py."""

from harness import main

if __name__ == "__main__":
    main("json_patch")
