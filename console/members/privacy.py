"""Where an import meets privacy: restricted rows are left alone, and somebody who was erased opens a task."""

from __future__ import annotations

from pii.models import Reappearance
from pii.restricted import restricted_keys
from pii.tombstones import any_erased, note_returns

from .database import ROWS, rows, run
from .models import MemberImport
from .refusing import problem
from .targets import TARGETS

BATCH = 5_000


def refuse_restricted(item: MemberImport) -> int:
    """Refuse the staged rows that would change a restricted row (Art. 18), with the reason; returns how many."""
    keys = restricted_keys(TARGETS[item.target].row_model)
    if not keys:
        return 0
    note = problem(
        "restricted",
        "''",
        "''",
        "'Processing of this person''s data is restricted (Art. 18 GDPR).'",
        "A privacy officer can lift the restriction; until then the row stays as it is.",
    )
    return run(
        f"UPDATE {ROWS} s SET action = 'refused', note = {note} WHERE s.import_id = %(import)s "
        "AND s.action IN ('new', 'changed', 'missing') AND s.target_id = ANY(%(restricted)s::uuid[])",
        item,
        restricted=keys,
    )


def note_erased(item: MemberImport) -> int:
    """Look whether the import brought back somebody who was erased; each opens a task. Returns how many."""
    if not any_erased():
        return 0
    found, after = 0, -(2**31)
    while True:
        part = rows(
            f"SELECT line, key FROM {ROWS} WHERE import_id = %(import)s AND action = 'new' AND line > %(after)s "
            "ORDER BY line LIMIT %(limit)s",
            item,
            after=after,
            limit=BATCH,
        )
        if not part:
            return found
        after = part[-1][0]
        found += note_returns(
            [key for _line, key in part],
            how=Reappearance.How.IMPORT,
            tenant=item.tenant_id,
            model=TARGETS[item.target].model,
        )
