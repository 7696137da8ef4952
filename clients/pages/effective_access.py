"""What a client can do at this moment, in sentences, from the switches as the authentication layer reads them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients import lookup
from clients.models import Client
from clients.pages import client_parts
from clients.pages.client_parts import Sentence
from clients.pages.text import Text
from clients.rights import Right

_CAN: dict[Right, Text] = {
    Right.SCIM: gettext_lazy("It can read and provision users over SCIM, as far as its SCIM configuration sees."),
    Right.LRS_WRITE_OWN: gettext_lazy("It can store xAPI statements."),
    Right.LRS_READ_OWN: gettext_lazy("It can read the statements it stored."),
    Right.LRS_READ_ALL: gettext_lazy("It can read every statement, also other clients’."),
    Right.SHARED_EVENTS: gettext_lazy("It can synchronize shared events."),
}


def effective_access(client: Client) -> list[Sentence]:
    if not client.active:
        return [Sentence(can=False, words=_("It can do nothing: it is not active."))]
    held = lookup.switches_of(client.pk).rights
    can = [Sentence(can=True, words=words) for right, words in _CAN.items() if right in held]
    can += [sentence for part in client_parts.registered() for sentence in part.sentences(client, held)]
    return can + [Sentence(can=False, words=words) for words in _cannot(client, held)]


def _cannot(client: Client, held: Right) -> list[str]:
    words = []
    if Right.SCIM not in held:
        words.append(
            _("It cannot use SCIM: its SCIM configuration is not active.")
            if client.scim_configuration_id
            else _("It cannot use SCIM: it has no SCIM configuration.")
        )
    if not held & (Right.LRS_READ_OWN | Right.LRS_READ_ALL):
        words.append(_("It cannot use the LRS."))
    elif Right.LRS_WRITE_OWN not in held:
        words.append(_("It cannot store statements."))
    if Right.SHARED_EVENTS not in held:
        words.append(
            _("It cannot synchronize events: shared events are off for this LMS.")
            if client.shared_events
            else _("It cannot synchronize events.")
        )
    return words
