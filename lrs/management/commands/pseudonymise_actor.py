"""Puts a random account in the place of a person's identifier, everywhere in the store."""

from lrs.management.erasing import ErasingCommand


class Command(ErasingCommand):
    help = "Write a random account in the place of a person's identifier, and drop the name."
    removes = False
    name = "pseudonymise_actor"
