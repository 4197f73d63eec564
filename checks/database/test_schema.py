"""The live schema, beside what the migrations and Prisma's models say of it."""

import pytest

from verifier.core.evidence.finding import fail_on, findings


@pytest.mark.proves("schema-matches-migrations")
@pytest.mark.remedy("write a migration that makes what is live, or undo by hand what no migration made")
def test_the_live_schema_is_the_one_of_the_migrations(schema, measured, require):
    """Nothing is missing, nothing is different, and nothing is there that no migration makes."""
    live = f"; live: {schema.since}" if schema.since else ""
    measured(f"{schema.compared} things of {schema.files} migrations, {len(schema.drift)} differences{live}")
    fail_on(
        *findings("migration is not applied", schema.pending, remedy=schema.next_look),
        *findings("migration is applied, and there is no file of it", schema.unknown),
        *findings("missing in the live schema", schema.missing),
        *findings("different in the live schema", dict(map(named, schema.different))),
        *findings("made by no migration", schema.extra),
    )
    require(schema.proved())


@pytest.mark.proves("schema-matches-migrations")
@pytest.mark.remedy("apply the migration of the model, or bring the schema up to date: npx prisma db pull")
def test_every_model_of_prisma_has_its_table(schema, measured):
    """Every model of Prisma's schema has a table with its columns, if the application has such a schema."""
    measured("no schema.prisma" if schema.models is None else f"{schema.models} models")
    fail_on(*findings("Prisma's model has no such table or column", schema.without))


def named(difference):
    """What is different, and how: 'different: index public.a: definition ...'."""
    what, _, how = difference.removeprefix("different: ").partition(": ")
    return what, how
