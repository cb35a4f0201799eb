"""Fuzz the decoder of streams of XML: see harness.py."""

from harness import main

if __name__ == "__main__":
    main("xml_stream")
