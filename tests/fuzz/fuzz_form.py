"""Fuzz the decoder of forms: see harness.py."""

from harness import main

if __name__ == "__main__":
    main("form")
