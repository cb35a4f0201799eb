"""What the codecs of several formats use; each module is imported for itself."""

__all__: list[str] = []
