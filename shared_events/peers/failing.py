"""What each kind of failure means for the next try, and how it is told to people."""

import secrets
from datetime import datetime, timedelta
from http import HTTPStatus

from shared_events.models import PeerState
from shared_events.peers.incoming import UnreadablePage
from shared_events.peers.remote import Problem
from shared_events.peers.transport import Forbidden, Unreachable

HOUR = 3600
FAILURES = (Problem, Unreachable, Forbidden, UnreadablePage)
_FIRST_WAIT, _LONGEST_WAIT = 2, 900
_chance = secrets.SystemRandom()


class Stop(Exception):
    """The turn ends here with this state. ``wait`` in seconds; None leaves it to the back-off."""

    def __init__(self, state: PeerState, problem: str, wait: int | None = None) -> None:
        super().__init__(problem)
        self.state, self.problem, self.wait = state, problem, wait


def stop_for(error: Exception) -> Stop:
    """``error`` is one of FAILURES."""
    if isinstance(error, Problem):
        return _stop_for_problem(error)
    if isinstance(error, Unreachable):
        return Stop(PeerState.BEHIND, f"The host gives no usable answer ({error}).")
    if isinstance(error, UnreadablePage):
        return Stop(PeerState.FAILED, f"The host's answer cannot be read: {error}.", HOUR)
    return Stop(PeerState.FAILED, str(error), HOUR)


def _stop_for_problem(problem: Problem) -> Stop:
    if problem.retry == "refresh-token":
        return Stop(PeerState.AUTH_FAILED, f"The host refuses the credentials: {problem}", HOUR)
    if problem.name == "disabled":
        return Stop(PeerState.DISABLED, f"Shared events are off at the host: {problem}", HOUR)
    if problem.retry == "after" or problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Stop(PeerState.BEHIND, f"The host is busy: {problem}", problem.retry_after_seconds)
    return Stop(PeerState.FAILED, f"The host refuses: {problem}", HOUR)


def next_try(at: datetime, failures: int, wait: int | None) -> datetime:
    """Exponential with full jitter from 2 seconds to 15 minutes, unless the failure says how long to wait."""
    longest = min(_FIRST_WAIT * 2 ** min(failures - 1, 20), _LONGEST_WAIT)
    return at + timedelta(seconds=_chance.uniform(0, longest) if wait is None else wait)


def next_poll(at: datetime, seconds: int) -> datetime:
    """± 20 %, so that many readers do not come at once."""
    return at + timedelta(seconds=seconds * _chance.uniform(0.8, 1.2))
