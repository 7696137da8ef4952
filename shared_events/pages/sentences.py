"""What the synchronization stores in English, for pages in other languages."""

from django.utils.translation import gettext_noop

from clients.pages.sentences import register


def register_all() -> None:
    register(*_OF_PEERS, *_OF_ANSWERS, *_OF_ITEMS, *(f"{name}: %(reason)s" for name in _TEXTS))


_TEXTS = ("epoch", "next", "complete_through")  # of an answer, by the names of the protocol
_OF_PEERS = (
    gettext_noop("Another process synchronizes this peer."),
    gettext_noop("The stored client secret cannot be opened, because SECRET_KEY has changed. Enter it again."),
    gettext_noop("Another LMS answers at this address: %(name)s."),
    gettext_noop("Another peer of this list is the same LMS."),
    gettext_noop("The host does not let this client read events."),
    gettext_noop("The host gives no usable answer (%(reason)s)."),
    gettext_noop("The host's answer cannot be read: %(reason)s."),
    gettext_noop("The host refuses the credentials: %(reason)s"),
    gettext_noop("Shared events are off at the host: %(reason)s"),
    gettext_noop("The host is busy: %(reason)s"),
    gettext_noop("The host refuses: %(reason)s"),
    gettext_noop("A synchronization is under way. Try again when it ended."),
    gettext_noop("A synchronization took over. Try again when it ended."),
    gettext_noop("It still cannot be taken: %(reason)s."),
    gettext_noop("This user is registered already."),
    gettext_noop("Registrations for shared events are off for this LMS."),
    gettext_noop("The host does not let this LMS register participants."),
    gettext_noop("The event takes no registrations."),
    gettext_noop("The host asks for personal data of participants, which this LMS does not send."),
    gettext_noop("Only https addresses are called."),
    gettext_noop("%(address)s is a private address. SHARED_EVENTS_ALLOWED_NETWORKS can allow it."),
)
_OF_ANSWERS = (
    gettext_noop("the answer is larger than 8 MiB"),
    gettext_noop("its epoch is another one than that of the cursor"),
    gettext_noop("it answers another cursor than the one sent"),
    gettext_noop("it comes from another host than the one pinned"),
    gettext_noop("has_more or items is missing"),
    gettext_noop("it is not UTF-8 (byte %(n)s)"),
    gettext_noop("it is not valid JSON: %(reason)s (character %(n)s)"),
    gettext_noop("it is nested too deep"),
    gettext_noop("it is nested deeper than %(n)s levels"),
    gettext_noop("it is no JSON object"),
    gettext_noop("it is no JSON object, or has a name twice"),
    gettext_noop("%(name)s cannot be kept: %(reason)s"),
    gettext_noop("%(name)s is missing or too long"),
    gettext_noop("%(value)s has no zone"),
    gettext_noop("%(value)s is no time"),
)
_OF_ITEMS = (
    gettext_noop("The host sent other content under the same revision; the copy is now what the host says."),
    gettext_noop("op, event or training is missing"),
    gettext_noop("its etag does not name its content"),
    gettext_noop("the event has another uid than its item"),
    gettext_noop("%(name)s is no UUID"),
    gettext_noop("%(name)s is not written as a UUID is"),
    gettext_noop("%(name)s is no whole number"),
    gettext_noop("join is no address that can be opened"),
    gettext_noop("it answers for another registration"),
    gettext_noop("rev is no whole number"),
    gettext_noop("not an object"),
    gettext_noop("a text has a NUL character"),
    gettext_noop("a text has half of a surrogate pair"),
    gettext_noop("an object has a name twice"),
    gettext_noop("a number has a fraction or is too large"),
    gettext_noop("%(name)s is no time in UTC"),
    gettext_noop("sequence is no whole number"),
    gettext_noop("it is larger than 256 KiB"),
    gettext_noop("title is missing or longer than 255 characters"),
    gettext_noop("description is no text of up to 64 KiB"),
    gettext_noop("locations is no object of objects"),
    gettext_noop("the name of a location is no text or too long"),
    gettext_noop("timeZone is not known here"),
    gettext_noop("start or duration is missing or not written as RFC 8984 says"),
    gettext_noop("start is not from %(first)s to %(last)s, or duration is out of range"),
)
