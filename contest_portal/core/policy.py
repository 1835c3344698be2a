"""Who may do what in core: public pages of the program itself, and one's own notices."""

from contest_portal.core.permissions import Decision, public_rule, rule

public_rule("core.public")
rule("core.notices")(lambda _actor: Decision.ALLOW)
