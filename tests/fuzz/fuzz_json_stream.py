"""Fuzz the decoder of json stream: see harness.py."""

from harness import main

if __name__ == "__main__":
    main("json_stream")
