"""Fuzz the decoder of xml stream: see harness.py."""

from harness import main

if __name__ == "__main__":
    main("xml_stream")
