"""How hard to try: the gate draws the same few examples each time, FUZZ_EXAMPLES=2000 so many new ones of each kind."""

import os

from hypothesis import HealthCheck, Phase, settings

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
LONG = EXAMPLES > 0


def effort(in_the_gate: int) -> settings:
    return settings(
        max_examples=EXAMPLES or in_the_gate,
        derandomize=not LONG,
        database=None,
        phases=[Phase.explicit, Phase.generate],  # a request takes too long to look for the smallest one
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
