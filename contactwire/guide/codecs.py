"""Codecs: the options of each, with their defaults.

An option is an argument of the codec's class, by keyword. The documentation of the class says what each does, and
`contactwire.guide.limits` has those that begin with `max_`. A codec is immutable and can be shared between threads;
`attrs.evolve(codec, indent=2)` is one with another option.

# `contactwire.JsonCodec`

| option | default | takes |
| --- | --- | --- |
| `indent` | `None` | a number of spaces, or `None` |
| `unknown` | `"keep"` | `"keep"`, `"ignore"`, `"error"` |
| `duplicates` | `"last"` | `"last"`, `"error"` |
| `coerce` | `False` | `True`, `False` |
| `validate` | `True` | `True`, `False` |
| `surrogates` | `"error"` | `"error"`, `"keep"` |
| `max_bytes` | `16777216` | a number |
| `max_depth` | `64` | a number |
| `max_objects` | `200000` | a number |
| `max_faults` | `100` | a number |

# `contactwire.XmlCodec`

| option | default | takes |
| --- | --- | --- |
| `dialect` | `"plain"` | `"plain"`, `"datacontract"`, `"services"`, `"webapi"`, or a `contactwire.Dialect` |
| `namespace` | `None` | a namespace, or `None` for that of the dialect |
| `unknown` | `"keep"` | `"keep"`, `"ignore"`, `"error"` |
| `duplicates` | `"last"` | `"last"`, `"error"` |
| `validate` | `True` | `True`, `False` |
| `max_bytes` | `16777216` | a number |
| `max_depth` | `64` | a number |
| `max_objects` | `200000` | a number |
| `max_faults` | `100` | a number |
| `indent` | `None` | a number of spaces, or `None` |
| `charset` | `None` | a name of an encoding, or `None` |

# `contactwire.FormCodec`

| option | default | takes |
| --- | --- | --- |
| `style` | `"dots"` | `"dots"`, `"brackets"` |
| `unknown` | `"keep"` | `"keep"`, `"ignore"`, `"error"` |
| `duplicates` | `"last"` | `"last"`, `"error"` |
| `validate` | `True` | `True`, `False` |
| `max_bytes` | `16777216` | a number |
| `max_pairs` | `10000` | a number |
| `max_depth` | `64` | a number |
| `max_objects` | `200000` | a number |
| `max_index` | `9999` | a number |
| `max_key_length` | `2048` | a number |
| `max_faults` | `100` | a number |
| `charset` | `None` | a name of an encoding that includes ASCII, or `None` |

# `contactwire.JsonPatchCodec`

| option | default | takes |
| --- | --- | --- |
| `patch_dialect` | `"server"` | `"server"`, `"rfc"` |
| `indent` | `None` | a number of spaces, or `None` |
| `unknown` | `"keep"` | `"keep"`, `"ignore"`, `"error"` |
| `duplicates` | `"last"` | `"last"`, `"error"` |
| `max_bytes` | `16777216` | a number |
| `max_depth` | `64` | a number |
| `max_objects` | `200000` | a number |
| `max_faults` | `100` | a number |
| `max_operations` | `10000` | a number |

# `contactwire.MergePatchCodec`

| option | default | takes |
| --- | --- | --- |
| `patch_dialect` | `"server"` | `"server"`, `"rfc"` |
| `indent` | `None` | a number of spaces, or `None` |
| `unknown` | `"keep"` | `"keep"`, `"ignore"`, `"error"` |
| `duplicates` | `"last"` | `"last"`, `"error"` |
| `max_bytes` | `16777216` | a number |
| `max_depth` | `64` | a number |
| `max_objects` | `200000` | a number |
| `max_faults` | `100` | a number |
"""
