"""The guide: each module here is one page, a docstring and nothing else.

`help("contactwire.guide.limits")` shows the page about limits; the site has all of them.
"""
