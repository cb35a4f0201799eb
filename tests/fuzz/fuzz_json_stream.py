"""Fuzz the decoder of streams of JSON: see harness.py."""

from harness import main

if __name__ == "__main__":
    main("json_stream")
