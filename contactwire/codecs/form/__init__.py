"""Forms: `application/x-www-form-urlencoded`, with the names that ASP.NET binds.

`FormCodec` (`codec`) decodes in this order. `text` takes the body apart into pairs. `keys` takes the name of a pair apart
into steps, such as `Emails`, 0 and `Value`, and `tree` collects the pairs in a tree of these steps. `read` turns the tree
into builtins by the plan; `walk` holds the limits and the faults of that. `contactwire.builtins` assembles or explains the
builtins. `write` writes the pairs of a carrier, and `locate` finds the pair that a pointer names. The page
`contactwire.guide.forms` says how values are spelled, and what a form cannot express.
"""

from contactwire.codecs.form.codec import FormCodec

__all__ = ["FormCodec"]
