"""The registry, which finds a codec by media type, and `decode` and `encode`, which ask it.

The registry holds a `Format` for each of the library's own codecs, and creates the codec at the first look-up. A media type
that is not registered makes it load the codecs of installed packages, once.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import GenericAlias, MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeGuard, overload

import attrs

from contactwire.builtins import check_limit
from contactwire.carriers import ContactEntity
from contactwire.codecs.formats import FORMATS, Format, options_of
from contactwire.codecs.protocol import Codec
from contactwire.codecs.shared import Body, T, encoding_named
from contactwire.errors import UnsupportedMediaType, repr_of
from contactwire.negotiation import parse_media_type
from contactwire.paths import suggest
from contactwire.wire import is_carrier

if TYPE_CHECKING:
    from contactwire.codecs.patches import JsonPatchCodec, MergePatchCodec
    from contactwire.patch import JsonPatch, MergePatch
    from contactwire.projection import Selection
    from contactwire.wire import Carrier

__all__ = ["ENTRY_POINT_GROUP", "CodecRegistry", "as_codec", "decode", "default_registry", "encode"]

ENTRY_POINT_GROUP = "contactwire.codecs"
"""The entry-point group where packages announce codecs: an entry point names a codec, or a callable that returns one."""

_LIMITS = ("max_bytes", "max_depth", "max_faults", "max_objects")
"""The limits that each of the library's codecs has."""
_UTF_8 = ("utf-8", "ascii")


class CodecRegistry:
    """Codecs by media type.

    `codecs` are registered at once. `plugins` says whether the first look-up that finds nothing loads the entry points of
    installed packages (group `contactwire.codecs`).
    """

    def __init__(self, codecs: Iterable[Codec] = (), *, plugins: bool = False) -> None:
        self._codecs: dict[str, Codec | Format] = {}
        self._options: dict[str, Any] = {}
        self._plugins_wanted = plugins
        for codec in codecs:
            self.register(codec)

    def __repr__(self) -> str:
        return f"<CodecRegistry of {len(self._codecs)} media types>"

    def register(self, codec: Codec, *, replace: bool = False) -> None:
        """Add a codec under each of its media types.

        With `replace`, it takes the place of codecs that these media types have already. Without, such a codec is a
        ValueError, and nothing is added. Raises TypeError for what is no codec, such as the class of one.
        """
        self._add({media_type.lower(): codec for media_type in as_codec(codec).media_types}, replace)

    def _add(self, entries: Mapping[str, Codec | Format], replace: bool) -> None:
        with _LOCK:
            taken = [] if replace else [media_type for media_type in entries if media_type in self._codecs]
            if taken:
                raise ValueError(f"{', '.join(taken)} has a codec already; replace=True puts another in its place")
            # A new dictionary, so that a look-up in another thread sees all of the entries or none.
            self._codecs = {**self._codecs, **entries}

    def copy(self, **options: Any) -> CodecRegistry:
        """A new registry with the same codecs; a change to one of the two does not change the other.

        Each codec of the copy has those of the `options`, such as `max_objects=10_000`, that its class has. Raises
        ValueError for an option that such a class refuses, TypeError for one that no class has.
        """
        limits = {name: value for name, value in options.items() if name in _LIMITS}
        for name, value in limits.items():
            check_limit(name, value)
        with _LOCK:
            # Under the lock, so that a copy has the plug-ins that another thread is loading.
            registry = CodecRegistry(plugins=self._plugins_wanted)
            registry._options = self._options | options
            registry._codecs = {media_type: _with_options(codec, options) for media_type, codec in self._codecs.items()}
        if options != limits:
            # Only the class of a codec knows what is right for any other option, so all of them are created now.
            registry._check_names(options)
        return registry

    def _check_names(self, options: Iterable[str]) -> None:
        """Create every codec; raises TypeError for an option that none of them has."""
        known = self._options_of_codecs()
        if not known.issuperset(options):
            # A plug-in that is not loaded yet may have it.
            self._load_wanted_plugins()
            known = self._options_of_codecs()
        for name in options:
            if name not in known:
                nearest = suggest(name, known)
                raise TypeError(f"no codec has the option {name!r}" + (f", did you mean {nearest}?" if nearest else ""))

    def _options_of_codecs(self) -> set[str]:
        return set[str]().union(*(options_of(type(codec)) for codec in self.codecs.values()))

    @property
    def media_types(self) -> tuple[str, ...]:
        """All media types that have a codec, in the order of their registration."""
        return tuple(self._codecs)

    @property
    def codecs(self) -> Mapping[str, Codec]:
        """A read-only view of the codecs by media type, as they are now."""
        return MappingProxyType({media_type: self._loaded(media_type) for media_type in self._codecs})

    def find(self, content_type: str) -> Codec:
        """The codec for a `Content-Type`, such as `application/xml; charset=utf-16`.

        Raises `UnsupportedMediaType` for a media type that no codec has, a malformed `Content-Type`, and a character set
        that the codec does not read.
        """
        codec = self._codecs.get(content_type)
        if codec is not None and not isinstance(codec, Format):
            return codec
        try:
            media_type = parse_media_type(content_type)
        except ValueError:
            raise self._unsupported(content_type) from None
        if media_type.essence not in self._codecs:
            self._load_wanted_plugins()
        if media_type.essence not in self._codecs:
            raise self._unsupported(content_type)
        return self._with_charset(self._loaded(media_type.essence), media_type.get("charset"), content_type)

    def _loaded(self, media_type: str) -> Codec:
        with _LOCK:
            codec = self._codecs[media_type]
            if isinstance(codec, Format):
                codec, waiting = codec.codec(**self._options), codec
                same = [name for name, other in self._codecs.items() if other == waiting]
                self._codecs = {**self._codecs, **dict.fromkeys(same, codec)}
            return codec

    def _with_charset(self, codec: Codec, charset: str | None, content_type: str) -> Codec:
        if charset is None:
            return codec
        encoding = encoding_named(charset)
        if encoding is not None and "charset" in options_of(type(codec)):
            with suppress(ValueError):
                evolved: Codec = attrs.evolve(codec, charset=charset)  # type: ignore[misc]
                return evolved
        elif encoding in _UTF_8:
            return codec
        raise self._unsupported(content_type)

    def _unsupported(self, content_type: str) -> UnsupportedMediaType:
        return UnsupportedMediaType(content_type, self.media_types)

    def _load_wanted_plugins(self) -> None:
        with _LOCK:
            # Asked under the lock, so that a look-up waits for the plug-ins that another thread is loading.
            if self._plugins_wanted:
                self.load_plugins()

    def load_plugins(self) -> tuple[str, ...]:
        """Register the codecs that installed packages announce; returns the media types that this added.

        A plug-in that cannot be loaded, gives no codec, or has a media type that is taken, is skipped; a RuntimeWarning
        names it.
        """
        with _LOCK:
            self._plugins_wanted = False
            before = set(self._codecs)
            from importlib.metadata import entry_points  # slow to import, and rarely needed

            for point in entry_points(group=ENTRY_POINT_GROUP):
                try:
                    codec: Any = _with_options(_codec_of(point.load()), self._options)
                    self.register(codec)
                except Exception as error:
                    origin = f" of {point.dist.name}" if point.dist else ""
                    message = f"the codec plug-in {point.name!r}{origin} ({point.value}) is left out: {error!r}"
                    warnings.warn(message, RuntimeWarning, stacklevel=2)
            return tuple(media_type for media_type in self._codecs if media_type not in before)


def _with_options(codec: Codec | Format, options: Mapping[str, Any]) -> Codec | Format:
    """The same codec with those options that it has; a `Format` gets them when its codec is created."""
    if isinstance(codec, Format):
        return codec
    found = {name: options[name] for name in options_of(type(codec)).intersection(options)}
    return attrs.evolve(codec, **found) if found else codec  # type: ignore[misc]


def _codec_of(announced: Any) -> Codec:
    return announced if _is_codec(announced) else as_codec(announced())


def as_codec(codec: Codec) -> Codec:
    """The codec itself; raises TypeError for what is no codec, such as the class of one."""
    if not _is_codec(codec):
        expected = "expected an object with media_types, decode and encode"
        if is_carrier(codec) or isinstance(codec, GenericAlias):
            expected = "the class of what a body holds goes by name, as in decode(body, type=ContactEntity)"
        raise TypeError(f"{repr_of(codec, 200)} is no codec: {expected}")
    return codec


def _is_codec(value: Any) -> TypeGuard[Codec]:
    # The class of a codec has these attributes, too.
    return isinstance(value, Codec) and not isinstance(value, type)


_LOCK = threading.RLock()


default_registry = CodecRegistry(plugins=True)
"""The default registry: the library's own codecs, and plug-ins, which a look-up that finds nothing loads."""
default_registry._add({media_type: known for known in FORMATS.values() for media_type in known.media_types}, replace=False)


@overload
def decode(  # type: ignore[overload-overlap] # of all texts, these two are no media types of carriers
    body: Body,
    media_type: Literal["application/json-patch+json"] | JsonPatchCodec,
    *,
    type: Any = ...,
    registry: CodecRegistry = ...,
) -> JsonPatch: ...
@overload
def decode(  # type: ignore[overload-overlap] # see above
    body: Body,
    media_type: Literal["application/merge-patch+json"] | MergePatchCodec,
    *,
    type: Any = ...,
    registry: CodecRegistry = ...,
) -> MergePatch: ...
@overload
def decode(body: Body, media_type: str | Codec = ..., *, type: type[T] = ..., registry: CodecRegistry = ...) -> T: ...
def decode(
    body: Body,
    media_type: str | Codec = "application/json",
    *,
    type: Any = ContactEntity,
    registry: CodecRegistry = default_registry,
) -> Any:
    """The document that a body holds.

    - By default it is a `ContactEntity`.
    - With `type`, a carrier class or `list[Carrier]`, it is a carrier of this class, or a list of such carriers.
    - From `application/json-patch+json` it is a `JsonPatch`, and from `application/merge-patch+json` a `MergePatch`, which
      are for carriers of any class.

    `media_type` may have parameters (`application/xml; charset=utf-16`), or is a codec. `registry`, by default
    `default_registry`, finds the codec of a media type.

    Raises `DecodeError` for a body that is not well-formed, `ContentTooLarge` for one over a limit, `ValidationError` with
    every fault for one that does not fit `type`, `UnsupportedMediaType` for a media type that no codec reads, TypeError for
    what is no body, no codec, no registry or no class of documents.
    """
    codec = _found(media_type, registry) if isinstance(media_type, str) else as_codec(media_type)
    return codec.decode(body, type)


def encode(
    value: Carrier | list[Any] | JsonPatch | MergePatch,
    media_type: str | Codec = "application/json",
    *,
    select: str | Selection | None = None,
    registry: CodecRegistry = default_registry,
) -> bytes:
    """The body of a carrier, or of a list of carriers, in a media type or by a codec.

    With a media type or codec of patches, `value` may be a patch, too. `select` is a `$select`: what it does not name is
    written as null, or left out in a form. `registry`, by default `default_registry`, finds the codec of a media type.

    Raises `EncodeError` with every fault for a value that no decoder would take back, `UnsupportedMediaType` for a media
    type that no codec writes, and for a `charset` that is not UTF-8, `PathError` for a `select` with a path that names
    nothing, TypeError for what is no codec, no registry or no `$select`.
    """
    codec = _writer(media_type, registry) if isinstance(media_type, str) else as_codec(media_type)
    if select is None:
        return codec.encode(value)
    return codec.encode(value, selection=_selection(select, value))


def _found(media_type: str, registry: CodecRegistry) -> Codec:
    if not isinstance(registry, CodecRegistry):
        raise TypeError(f"registry is of type CodecRegistry, not {repr_of(registry)}")
    return registry.find(media_type)


def _writer(media_type: str, registry: CodecRegistry) -> Codec:
    """The codec that writes a media type; whatever character set it reads, it writes UTF-8."""
    codec = _found(media_type, registry)
    charset = parse_media_type(media_type).get("charset") if ";" in media_type else None
    if charset is not None and encoding_named(charset) != "utf-8":
        raise UnsupportedMediaType(media_type, registry.media_types)
    return codec


def _selection(select: str | Selection, value: Any) -> Selection:
    from contactwire.projection import Selection

    if isinstance(select, Selection):
        return select
    if isinstance(value, list):
        return Selection.parse(select, type(value[0]), indexes=False) if value else Selection.parse(select, indexes=False)
    return Selection.parse(select, type(value), indexes=False)
