"""The live schema, beside what the migrations and Prisma's models say of it."""

import pytest

from verifier.core.evidence import BrokenPromise

SHOWN = 20


@pytest.mark.proves("schema-matches-migrations")
def test_the_live_schema_is_the_one_of_the_migrations(schema, measured, require):
    """Nothing is missing, nothing is different, and nothing is there that no migration makes."""
    measured(f"{schema.compared} things of {schema.files} migrations, {len(schema.drift)} differences")
    if schema.drift:
        more = f"; and {len(schema.drift) - SHOWN} more" if len(schema.drift) > SHOWN else ""
        raise BrokenPromise(
            expected=f"the schema that {schema.files} migrations make",
            seen="; ".join(schema.drift[:SHOWN]) + more,
        )
    require(schema.proved())


@pytest.mark.proves("schema-matches-migrations")
def test_every_model_of_prisma_has_its_table(schema, measured):
    """Every model of Prisma's schema has a table with its columns, if the application has such a schema."""
    measured("no schema.prisma" if schema.models is None else f"{schema.models} models")
    if schema.without:
        raise BrokenPromise(expected="a table with its columns for every model", seen="; ".join(schema.without))
