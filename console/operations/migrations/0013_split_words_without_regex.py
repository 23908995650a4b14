"""Splits search words several times faster, and the same everywhere: breaks are listed, not taken from the locale."""

from django.db import migrations

# What Python's \s means, then the breaks of console.operations.search.BREAKS; each is turned into a space.
BREAKS = (
    r"E'\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    r"\u200a\u2028\u2029\u202f\u205f\u3000.,;:@_/()\"\'+-'"
)

PIECES = f"""
CREATE FUNCTION operations_search_pieces(value text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY[lower(value), split_part(lower(value), '@', 2)]
        || string_to_array(translate(lower(value), {BREAKS}, repeat(' ', 60)), ' ')
$$;
"""

# Without SET clause the planner puts the query in the place of the call; the callers pin the search path.
WORDS = """
CREATE OR REPLACE FUNCTION operations_search_words(texts text[]) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
    SELECT DISTINCT left(word, 100) FROM unnest(texts) AS given(value)
    CROSS JOIN LATERAL unnest(public.operations_search_pieces(value)) AS word WHERE word <> ''
$$;
"""
BEFORE = r"""
CREATE OR REPLACE FUNCTION operations_search_words(texts text[]) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
    SELECT DISTINCT left(word, 100) FROM unnest(texts) AS given(value)
    CROSS JOIN LATERAL (
        SELECT lower(value) AS word
        UNION ALL SELECT regexp_split_to_table(lower(value), '[\s.,;:@_/()"''+-]+')
        UNION ALL SELECT split_part(lower(value), '@', 2)
    ) AS words WHERE word <> ''
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("operations", "0012_let_staff_revert_history")]

    operations = [
        migrations.RunSQL(PIECES + WORDS, BEFORE + "DROP FUNCTION operations_search_pieces(text)"),
    ]
