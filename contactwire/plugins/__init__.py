"""Plug-ins for other packages, each a module that bears the name of the package and imports it.

pytest and Hypothesis load theirs, by its entry point, in every environment that has this package, so they import little.
pydantic's is imported when pydantic meets a carrier class. Those for `fastapi`, `flask`, `litestar`, `django` and
`sqlalchemy` you import yourself; `contactwire.guide.frameworks` has a recipe for each. `bodies` and `openapi` are for any
framework.
"""

__all__: list[str] = []
