"""What rules, mappings and provisioning say in English, and log so, for pages in other languages."""

from django.utils.translation import gettext_noop

from clients.pages.sentences import register


def register_all() -> None:
    register(
        gettext_noop("%(attribute)s is already in use."),
        gettext_noop("There is no attribute %(name)s."),
        gettext_noop("There is no field %(name)s."),
        gettext_noop("Each attribute can stand in one row only."),
        gettext_noop("Each field can stand in one row only."),
        gettext_noop("userName and active are always mapped."),
        gettext_noop("Only the manager attribute can feed the manager."),
        gettext_noop("A rule is nested at most %(n)s levels deep."),
        gettext_noop("A part of the rule is empty."),
        gettext_noop("Compare by one of: %(names)s."),
        gettext_noop("%(field)s: this value does not fit the comparison."),
        gettext_noop("A rule is a comparison, or all, any or not of other rules."),
        gettext_noop("%(attribute)s names user %(user)s, whom this configuration may not take over."),
        gettext_noop("%(attribute)s and %(other)s name different users: %(user)s and %(another)s."),
        gettext_noop("active: an administrator blocked this user, who stays blocked."),
        gettext_noop("manager: nobody has this id; it is kept as sent."),
        gettext_noop("members: %(id)s: nobody has this id."),
        gettext_noop("members: %(id)s: groups are no members of groups."),
    )
