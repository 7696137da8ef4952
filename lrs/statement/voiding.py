"""Voiding (xAPI 1.0.3 Data §2.3.2)."""

from typing import Any

from lrs.statement.types import FINE, Problem, Problems, Version

VOIDED = "http://adlnet.gov/expapi/verbs/voided"


def voids_a_statement(statement: Any, _version: Version) -> Problems:
    """The reserved Verb needs a StatementRef as object."""
    if statement["verb"]["id"] != VOIDED or statement["object"].get("objectType") == "StatementRef":
        return FINE
    return (Problem("must be a StatementRef when the verb is voided", ("object",)),)
