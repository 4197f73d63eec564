"""Faults of row-level security: what stands open that should not."""

from sandbox.faults.fault import Fault, unverified

_OPEN = {
    "rls-off": "row-level security is off on one table",
    "rls-policy-true": "a policy lets everybody read one table, without a login, too",
    "rls-open-to-signed-in": "a policy lets every signed-in user read one table",
    "rls-view-leaks": "a view reads one table with the rights of its owner",
    "rls-function-leaks": "a function reads one table with the rights of its owner, and everybody may call it",
    "rls-insert-open": "any signed-in user puts rows into one table in the name of others",
    "rls-update-open": "any signed-in user changes every row of one table",
    "rls-delete-open": "any signed-in user deletes every row of one table",
    "rls-truncate-granted": "signed-in users have the right to TRUNCATE, which no policy binds",
    "rls-partition-open": "a partition stands open beside its protected parent",
    "rls-materialized-view": "a materialized view of one table can be read",
    "rls-column-leaks": "one column of an unprotected table can be read",
    "rls-foreign-table": "a foreign table can be read",
    "rls-trusts-user-metadata": "a policy believes what users write about themselves",
    "rls-trusts-setting": "a policy believes a setting that any session can make",
    "rls-not-forced": "the application owns one table, and its policies do not bind it",
    "rls-off-beside-superuser": "row-level security is off on one table, and the verifier is a superuser",
}
FAULTS = (
    *(Fault(name, summary, ("rls-protects",), local=True) for name, summary in _OPEN.items()),
    Fault(
        "rls-role-bypasses",
        "anon can become a role that no policy binds",
        ("rls-protects",),
        stages="migration",
        local=True,
    ),
    Fault("rls-no-rows", "every table is empty", (), unverified("no-data", "rls-protects"), local=True),
    Fault(
        "rls-no-standing-in",
        "the verifier's role may not stand in for anon and authenticated",
        (),
        unverified("unauthorized", "rls-protects"),
        local=True,
    ),
)
