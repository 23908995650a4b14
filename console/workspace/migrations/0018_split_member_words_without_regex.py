"""Splits the words of members several times faster, and checks one key of each instead of two."""

import django.db.models.deletion
from django.db import migrations, models

# What Python's \s means, then the breaks of console.workspace.member_search.BREAKS; each is turned into a space.
BREAKS = (
    r"E'\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    r"\u200a\u2028\u2029\u202f\u205f\u3000.,;:@_/()\"\'+-'"
)

# Only what is not ASCII can have accents; octets tell it without a look at the characters.
PIECES = f"""
CREATE FUNCTION workspace_plain(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN octet_length(value) = char_length(value) THEN lower(value) ELSE
        replace(lower(regexp_replace(normalize(value, NFKD), '[\\u0300-\\u036f]', '', 'g')), 'ß', 'ss') END
$$;
CREATE FUNCTION workspace_member_pieces(called text, named text, address text) RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY[
        public.workspace_plain(called), public.workspace_plain(named), public.workspace_plain(split_part(address, '@', 1)),
        lower(address)
    ] || string_to_array(translate(
        public.workspace_plain(concat_ws(' ', called, named, split_part(address, '@', 1))), {BREAKS}, repeat(' ', 60)
    ), ' ')
$$;
"""
WORDS = """
CREATE OR REPLACE FUNCTION workspace_member_words(called text, named text, address text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE AS $$
    SELECT DISTINCT left(word, 100) FROM unnest(public.workspace_member_pieces(called, named, address)) AS word
    WHERE word <> ''
$$;
"""
BEFORE = r"""
CREATE OR REPLACE FUNCTION workspace_member_words(called text, named text, address text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE AS $$
    SELECT DISTINCT left(word, 100) FROM unnest(ARRAY[called, named, split_part(address, '@', 1)]) AS given(value)
    CROSS JOIN LATERAL (
        SELECT replace(lower(regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]', '', 'g')), 'ß', 'ss') AS plain
    ) AS spelled
    CROSS JOIN LATERAL (
        SELECT plain AS word UNION ALL SELECT regexp_split_to_table(plain, '[\s.,;:@_/()"''+-]+')
    ) AS words WHERE word <> ''
    UNION SELECT left(lower(address), 100) WHERE address <> ''
$$;
"""
UNDO = """
DROP FUNCTION workspace_member_pieces(text, text, text);
DROP FUNCTION workspace_plain(text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("workspace", "0017_hide_names_until_entry"),
        ("operations", "0013_split_words_without_regex"),
    ]

    operations = [
        migrations.RunSQL(PIECES + WORDS, BEFORE + UNDO),
        migrations.AlterField(
            model_name="memberword",
            name="tenant",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.tenant",
                verbose_name="tenant",
            ),
        ),
    ]
