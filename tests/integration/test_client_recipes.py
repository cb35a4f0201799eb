"""The recipes of the guide for clients, each run unchanged against a server."""

import re
from importlib import import_module

import pytest

from contactwire.client import ContactClient

PAGE = import_module("contactwire.guide.clients").__doc__
FOUND = re.findall(r"<!-- recipe: ([^>]+) -->\n```python\n(.+?)```", PAGE, re.DOTALL)
RECIPES = dict(FOUND)
ADDRESS = "https://crm.example/Cust1"


def run(name, base):
    """The names that a recipe defines, run with the address of a server in place of its own."""
    code = RECIPES[name].replace(ADDRESS, base)
    namespace = {"__name__": name}
    exec(compile(code, f"guide, {name}", "exec", dont_inherit=True), namespace)
    return namespace


def test_every_recipe_is_found_once():
    """Each recipe has a name of its own, and each block of code is a recipe."""
    assert len(RECIPES) == len(FOUND) == PAGE.count("```python")


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_are_short(name):
    """A recipe has at most fifteen lines, without blank ones."""
    assert len([line for line in RECIPES[name].splitlines() if line.strip()]) <= 15


RESULTS = {
    "change": lambda names: names["contact"].name == "Elan Hoppski AS" and names["created"].name == "Hoppski & Sons",
    "async": lambda names: [contact.contact_id for contact in names["contacts"]] == [1, 2, 3],
    "conflict": lambda names: names["contact"].name == "Elan Hoppski AS",
    "part": lambda names: names["part"].name == "Elan Hoppski" and not names["part"].org_nr,
    "errors": lambda names: names["name"] is None,
    "own": lambda names: names["contacts"][1].name == "Elan Hoppski AS",
    "builder": lambda names: names["contact"].name == "Elan Hoppski AS",
}


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_do_what_they_say(name, fresh_base):
    """A recipe ends with the result that the guide says."""
    assert RESULTS[name](run(name, fresh_base))


def test_the_conflict_recipe_shows_both_versions(fresh_base, capsys, monkeypatch):
    """If another client renames the contact meanwhile, the conflict recipe shows both names and then stores its own."""
    update = ContactClient.update

    def interfere(client, id, change, **options):
        def late(contact):
            if contact.name == "Elan Hoppski":
                update(client, id, lambda other: setattr(other, "name", "Theirs"))
            return change(contact)

        return update(client, id, late, **options)

    monkeypatch.setattr(ContactClient, "update", interfere)
    assert run("conflict", fresh_base)["contact"].name == "Elan Hoppski AS"
    assert capsys.readouterr().out == "somebody else has changed /Name meanwhile Elan Hoppski AS Theirs\n"
