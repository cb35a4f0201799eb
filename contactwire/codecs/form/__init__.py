"""Forms: `application/x-www-form-urlencoded`; what is read and written, and what is lost, is in `codec`."""

from contactwire.codecs.form.codec import FormCodec

__all__ = ["FormCodec"]
