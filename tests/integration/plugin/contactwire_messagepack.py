"""MessagePack for contactwire: a codec that a package of its own brings."""

import msgspec

import contactwire


class MessagePackCodec:
    """Contacts as MessagePack maps with the wire's names."""

    media_types = ("application/vnd.msgpack", "application/msgpack")

    def decode(self, body, type=contactwire.ContactEntity):
        """The carrier that a MessagePack body holds."""
        try:
            return contactwire.from_builtins(msgspec.msgpack.decode(body), type)
        except msgspec.DecodeError as error:
            raise contactwire.DecodeError(str(error)) from None

    def encode(self, value, *, selection=None):
        """The MessagePack body of a carrier."""
        return msgspec.msgpack.encode(contactwire.to_builtins(selection.apply(value) if selection else value))


class GreedyCodec(MessagePackCodec):
    """Wants a media type that is taken."""

    media_types = ("application/json",)
