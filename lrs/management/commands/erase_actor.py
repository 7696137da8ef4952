"""Takes a person out of the store: Statements, documents, names."""

from lrs.management.erasing import ErasingCommand


class Command(ErasingCommand):
    help = "Delete Statements whose actor or object is a person, and the documents; elsewhere write a random account."
    removes = True
    name = "erase_actor"
