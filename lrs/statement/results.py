"""Result, Score and Attachment (xAPI 1.0.3 Data §2.4.5, §2.4.11)."""

from typing import Any

from lrs.statement.scalars import extensions, iri, irl, language_map, media_type, sha2
from lrs.statement.shapes import Shape, boolean, expected, number, string
from lrs.statement.times import duration
from lrs.statement.types import FINE, Problem, Problems, Version, under


def _within_bounds(score: Any, _version: Version) -> Problems:
    if "scaled" in score and not -1 <= score["scaled"] <= 1:
        return under("scaled", (Problem("must lie between -1 and 1"),))
    lowest, highest, raw = score.get("min"), score.get("max"), score.get("raw")
    if lowest is not None and highest is not None and not lowest < highest:
        return under("min", (Problem("must be less than max"),))
    if raw is not None and ((lowest is not None and raw < lowest) or (highest is not None and raw > highest)):
        return under("raw", (Problem("must lie between min and max"),))
    return FINE


score = Shape({"scaled": number, "raw": number, "min": number, "max": number}, rules=[_within_bounds])
result = Shape(
    {
        "score": score,
        "success": boolean,
        "completion": boolean,
        "response": string,
        "duration": duration,
        "extensions": extensions,
    }
)


def _length(value: Any, _version: Version) -> Problems:
    if type(value) is not int:
        return expected("a whole number", value)
    return FINE if value >= 0 else (Problem("must not be negative"),)


attachment = Shape(
    {
        "usageType": iri,
        "display": language_map,
        "description": language_map,
        "contentType": media_type,
        "length": _length,
        "sha2": sha2,
        "fileUrl": irl,
    },
    required=("usageType", "display", "contentType", "length", "sha2"),
)
