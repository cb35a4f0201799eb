"""contactwire turns the wire formats of a CRM contact into typed Python values and back, and loses nothing.

`decode` and `encode` choose a codec by its media type. A codec, such as `JsonCodec`, turns bytes into carriers, such as
`ContactEntity`, and back; a property that the wire did not have is `UNSET`. The names that few programs need are imported
when somebody asks for them first (`_LAZY`), so that `import contactwire` loads neither lxml nor cattrs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contactwire.builtins import from_builtins, make_converter, to_builtins
from contactwire.carriers import (
    Address,
    AddressType,
    Associate,
    AssociateType,
    Business,
    Category,
    CategoryGroup,
    ContactEntity,
    ContactEntityWithLinks,
    Country,
    CustomerLanguage,
    EntityElement,
    FieldProperty,
    FieldRight,
    LocalizedField,
    Person,
    RightsCarrier,
    SavedUtmParameters,
    SelectableMDOListItem,
    StructuredAddress,
    TableRight,
    TicketPriority,
)
from contactwire.codecs import Codec, CodecRegistry, decode, default_registry, encode
from contactwire.codecs.json import JsonCodec
from contactwire.errors import (
    BadAnswer,
    BadRequest,
    Conflict,
    ContactWireError,
    ContentTooLarge,
    DecodeError,
    EncodeError,
    Forbidden,
    HeaderError,
    HttpError,
    Issue,
    MediaTypeRefused,
    MethodNotAllowed,
    MissingPlace,
    NoAnswer,
    NotAcceptable,
    NotFound,
    NotModified,
    PatchConflict,
    PathError,
    PreconditionFailed,
    SelectionError,
    ServiceUnavailable,
    TimedOut,
    TooManyRequests,
    Unauthorized,
    UnsupportedContentCoding,
    UnsupportedMediaType,
    UpdateConflict,
    ValidationError,
)
from contactwire.negotiation import negotiate
from contactwire.timestamps import Timestamp
from contactwire.wire import (
    UNSET,
    Carrier,
    Double,
    FlagsKind,
    Int32,
    Int64,
    Maybe,
    NumberedEnum,
    UnsetType,
    WireName,
    evolve,
    value_or,
)

if TYPE_CHECKING:
    from contactwire.codecs.form import FormCodec
    from contactwire.codecs.json import BadRecord
    from contactwire.codecs.patches import JsonPatchCodec, MergePatchCodec
    from contactwire.codecs.xml import Dialect, XmlCodec
    from contactwire.customfields import CustomFieldsView
    from contactwire.localization import LanguagePreference, TimeZonePreference, localize
    from contactwire.patch import JsonPatch, MergePatch, diff
    from contactwire.projection import Selectable, Selection, fields, get
    from contactwire.version import __version__ as __version__

__all__ = [
    "UNSET",
    "Address",
    "AddressType",
    "Associate",
    "AssociateType",
    "BadAnswer",
    "BadRecord",
    "BadRequest",
    "Business",
    "Carrier",
    "Category",
    "CategoryGroup",
    "Codec",
    "CodecRegistry",
    "Conflict",
    "ContactEntity",
    "ContactEntityWithLinks",
    "ContactWireError",
    "ContentTooLarge",
    "Country",
    "CustomFieldsView",
    "CustomerLanguage",
    "DecodeError",
    "Dialect",
    "Double",
    "EncodeError",
    "EntityElement",
    "FieldProperty",
    "FieldRight",
    "FlagsKind",
    "Forbidden",
    "FormCodec",
    "HeaderError",
    "HttpError",
    "Int32",
    "Int64",
    "Issue",
    "JsonCodec",
    "JsonPatch",
    "JsonPatchCodec",
    "LanguagePreference",
    "LocalizedField",
    "Maybe",
    "MediaTypeRefused",
    "MergePatch",
    "MergePatchCodec",
    "MethodNotAllowed",
    "MissingPlace",
    "NoAnswer",
    "NotAcceptable",
    "NotFound",
    "NotModified",
    "NumberedEnum",
    "PatchConflict",
    "PathError",
    "Person",
    "PreconditionFailed",
    "RightsCarrier",
    "SavedUtmParameters",
    "Selectable",
    "SelectableMDOListItem",
    "Selection",
    "SelectionError",
    "ServiceUnavailable",
    "StructuredAddress",
    "TableRight",
    "TicketPriority",
    "TimeZonePreference",
    "TimedOut",
    "Timestamp",
    "TooManyRequests",
    "Unauthorized",
    "UnsetType",
    "UnsupportedContentCoding",
    "UnsupportedMediaType",
    "UpdateConflict",
    "ValidationError",
    "WireName",
    "XmlCodec",
    "decode",
    "default_registry",
    "diff",
    "encode",
    "evolve",
    "fields",
    "from_builtins",
    "get",
    "localize",
    "make_converter",
    "negotiate",
    "to_builtins",
    "value_or",
]

_LAZY = {
    "BadRecord": "contactwire.codecs.json",
    "CustomFieldsView": "contactwire.customfields",
    "Dialect": "contactwire.codecs.xml",
    "diff": "contactwire.patch",
    "fields": "contactwire.projection",
    "FormCodec": "contactwire.codecs.form",
    "get": "contactwire.projection",
    "JsonPatch": "contactwire.patch",
    "JsonPatchCodec": "contactwire.codecs.patches",
    "LanguagePreference": "contactwire.localization",
    "localize": "contactwire.localization",
    "MergePatch": "contactwire.patch",
    "MergePatchCodec": "contactwire.codecs.patches",
    "Selectable": "contactwire.projection",
    "Selection": "contactwire.projection",
    "TimeZonePreference": "contactwire.localization",
    "XmlCodec": "contactwire.codecs.xml",
    "__version__": "contactwire.version",
}


def __getattr__(name: str) -> Any:
    """The public name in `_LAZY`, imported at the first look-up (PEP 562)."""
    module = _LAZY.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(module), name)
    return value


def __dir__() -> list[str]:
    """All public names, whether they have been imported yet or not."""
    return __all__
