"""MessagePack for contactwire: a codec from a package of its own."""

import msgspec

import contactwire


class MessagePackCodec:
    """Contacts as MessagePack maps with wire names."""

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
    """A codec for a media type that another codec has."""

    media_types = ("application/json",)
