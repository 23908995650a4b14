"""The translations of words, one row each; every one that was used is shown with how often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .headers import normalise
from .limits import MAX_WORD
from .targets import Rule

ROLE_WORDS: Mapping[str, str] = {
    "owner": (
        "owner, primary owner, workspace owner, org owner, organization owner, account owner, workspace primary owner, "
        "Inhaber, Inhaberin, Eigentümer, Eigentümerin, Besitzer, Besitzerin, propriétaire, propriétaire principal, "
        "propietario, propietaria, dueño, proprietario, proprietaria, titolare, proprietário, eigenaar, ägare, ejer, "
        "eier, omistaja, właściciel, vlastník, tulajdonos, sahip, владелец"
    ),
    "admin": (
        "admin, administrator, administrators, workspace admin, org admin, organization admin, organisation admin, "
        "system administrator, it admin, "
        "site admin, super admin, superadmin, user access admin, global administrator, Administratorin, "
        "Verwalter, Verwalterin, administrateur, administratrice, administrador, administradora, amministratore, "
        "amministratrice, beheerder, administratör, ylläpitäjä, administratorka, administrátor, "
        "adminisztrátor, rendszergazda, yönetici, администратор"
    ),
    "member": (
        "member, members, full member, user, regular, regular member, standard, standard user, basic user, employee, "
        "licensed, basic, employee user, "
        "invited member, editor, contributor, Mitglied, Benutzer, Benutzerin, Nutzer, Nutzerin, Mitarbeiter, "
        "Mitarbeiterin, Bearbeiter, membre, utilisateur, utilisatrice, miembro, usuario, usuaria, membro, utente, "
        "usuário, utilizador, lid, gebruiker, medlem, användare, bruger, bruker, jäsen, käyttäjä, członek, użytkownik, "
        "člen, uživatel, tag, felhasználó, üye, kullanıcı, участник, пользователь"
    ),
    "viewer": (
        "viewer, guest, read only, readonly, read-only user, observer, reader, visitor, single-channel guest, "
        "multi-channel guest, invited guest, Betrachter, Betrachterin, Gast, Leser, Leserin, nur lesen, lecteur, "
        "lectrice, invité, invitée, observateur, lector, lectora, visor, invitado, invitada, observador, "
        "visualizzatore, lettore, ospite, visualizador, leitor, convidado, kijker, gast, lezer, läsare, gäst, læser, "
        "leser, gæst, katselija, vieras, gość, przeglądający, host, čtenář, néző, vendég, misafir, izleyici, "
        "izleyen, гость, читатель"
    ),
}
ACTIVE_WORDS = (
    "yes, y, true, 1, x, on, ok, active, activated, enabled, current, in use, ja, j, aktiv, wahr, aktiviert, oui, o, "
    "vrai, actif, active, activé, activée, sí, si, s, verdadero, activo, activa, vero, attivo, attiva, sim, "
    "verdadeiro, ativo, ativa, waar, actief, sant, sand, kyllä, tosi, aktiivinen, tak, prawda, aktywny, aktywna, ano, "
    "aktivní, igen, aktív, evet, aktif, да, активен, ✓, ✔, ☑, provisioned, staged, pending, pending activation, "
    "pending user action, invited, locked out, lockedout, "
    "locked, unactivated, approved, not yet signed in, onboarding, verified, password expired, "
    "password reset, recovery, eingeladen"
)
INACTIVE_WORDS = (
    "no, n, false, 0, off, inactive, deactivated, suspended, disabled, archived, deprovisioned, deleted, removed, "
    "blocked, left, terminated, former, nein, falsch, inaktiv, deaktiviert, gesperrt, ausgetreten, ausgeschieden, "
    "ehemalig, gelöscht, archiviert, non, faux, inactif, inactive, désactivé, désactivée, suspendu, suspendue, "
    "archivé, falso, inactivo, inactiva, desactivado, desactivada, suspendido, suspendida, inattivo, inattiva, "
    "disattivato, disattivata, sospeso, sospesa, não, nao, inativo, inativa, desativado, suspenso, nee, onwaar, "
    "inactief, geblokkeerd, nej, nei, falskt, inaktiverad, ei, epätosi, nie, fałsz, nieaktywny, nieaktywna, ne, "
    "neaktivní, nem, inaktív, hayır, pasif, нет, неактивен, ✗, ✘, ☐, unlicensed, closed, "
    "deactivated user, unapproved, rejected, offboarded"
)
BOT_WORDS = (
    "bot, app, integration, service account, dienstkonto, compte de service, cuenta de servicio, robot, workflow"
)
BLANK_WORDS = "none, null, nil, n/a, na, -, –, —, k.a., keine, unknown, (blank), #n/a, undefined"
"""Words of CHOICE columns that say nothing; they count as blank."""

_BOT = "It is a bot, not a person."


def word(text: str) -> str:
    """The form in which words are compared; signs such as ✓ keep their own form."""
    if len(text) > MAX_WORD:
        return text  # no word; normalising remembers what it has seen
    return normalise(text) or text.strip().casefold()


def _rules(field: str, words: str, sets: Mapping[str, str | bool], gently: bool = False, skip: str = "") -> list[Rule]:
    unique = dict.fromkeys(word(item) for item in words.split(","))
    return [Rule(field, item, sets, skip, gently) for item in unique if item]


def member_rules() -> tuple[Rule, ...]:
    """The rules of members: roles and states, in both kinds of column, since programs mix them (Slack's ``status``)."""
    rules: list[Rule] = []
    for role, words in ROLE_WORDS.items():
        rules += _rules("role", words, {"role": role})
    rules += _rules("is_active", ACTIVE_WORDS, {"is_active": True})
    rules += _rules("is_active", INACTIVE_WORDS, {"is_active": False})
    rules += _rules("inactive", ACTIVE_WORDS, {"is_active": False})
    rules += _rules("inactive", INACTIVE_WORDS, {"is_active": True})
    rules += _rules("role", BOT_WORDS, {}, skip=_BOT)
    rules += _rules("is_active", BOT_WORDS, {}, skip=_BOT)
    rules += _missing(rules, "role", INACTIVE_WORDS, {"is_active": False})
    for role, words in ROLE_WORDS.items():
        rules += _missing(rules, "is_active", words, {"role": role, "is_active": True})
    return tuple(rules)


def _missing(rules: Iterable[Rule], field: str, words: str, sets: Mapping[str, str | bool]) -> list[Rule]:
    """Rules for `words` in columns of `field` that mean something else there; they yield to the proper column."""
    taken = {rule.word for rule in rules if rule.field == field}
    return [rule for rule in _rules(field, words, sets, gently=True) if rule.word not in taken and len(rule.word) > 2]


BLANKS = frozenset(word(item) for item in BLANK_WORDS.split(",")) | {""}
