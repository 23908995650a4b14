"""What a member is to the reader of files: fields with their names in many languages, and the known exports."""

from __future__ import annotations

from .headers import normalise
from .rules import member_rules
from .targets import Field, Kind, Layout, Target


def _words(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(","))


FIELDS = (
    Field(
        "email",
        "E-mail address",
        Kind.EMAIL,
        254,
        required=True,
        aliases=("mail", "e-mail", "address"),
        synonyms=_words(
            "email, e-mail, mail, primary email, work email, business email, company email, login email, email id, "
            "user principal name, login, E-Mail-Adresse, Mailadresse, Email Adresse, Mail Adresse, adresse e-mail, "
            "adresse électronique, adresse de messagerie, adresse mail, courriel, mél, correo electrónico, correo, "
            "correo-e, dirección de correo, dirección de correo electrónico, indirizzo email, indirizzo e-mail, "
            "posta elettronica, endereço de e-mail, correio eletrónico, correio eletrônico, e-mailadres, e-postadress, "
            "e-post, epost, e-postadresse, mailadresse, sähköposti, sähköpostiosoite, adres e-mail, e-mailová adresa, "
            "e-mail cím, e-posta, eposta, электронная почта, эл. почта, почта, адрес электронной почты, メール, "
            "メールアドレス, 电子邮件, 邮箱, user email, email addresses, mail address, contact email, username email, "
            "work e-mail, emails, e-mails, e-mail 1 value, email 1, mail 1, Benutzerprinzipalname, "
            "nom d'utilisateur principal, nombre principal de usuario, user login email, primary work email"
        ),
    ),
    Field(
        "display_name",
        "Name",
        parts=("first_name", "last_name"),
        aliases=("name", "full_name"),
        synonyms=_words(
            "display name, full name, fullname, name, real name, complete name, user name full, person, employee name, "
            "member name, preferred name, cn, common name, "
            "Anzeigename, vollständiger Name, Vor- und Nachname, Vorname und Nachname, Name Vorname, "
            "nom complet, nom et prénom, prénom et nom, nom d'affichage, nombre completo, nombre y apellidos, "
            "nombre y apellido, nome completo, nome e cognome, nome e sobrenome, volledige naam, naam, "
            "fullständigt namn, namn, fulde navn, navn, nimi, koko nimi, imię i nazwisko, nazwa, jméno a příjmení, "
            "celé jméno, teljes név, név, ad soyad, adı soyadı, имя и фамилия, фио, 氏名, 姓名"
        ),
    ),
    Field(
        "first_name",
        "First name",
        stored=False,
        aliases=("given_name",),
        synonyms=_words(
            "first name, firstname, given name, legal first name, preferred first name, "
            "givenname, forename, christian name, Vorname, Rufname, prénom, prenom, "
            "nombre, nombres, nombre de pila, nome, nome próprio, primeiro nome, voornaam, förnamn, fornavn, etunimi, "
            "imię, jméno, křestní jméno, keresztnév, utónév, ad, adı, имя"
        ),
    ),
    Field(
        "last_name",
        "Last name",
        stored=False,
        aliases=("surname", "family_name"),
        synonyms=_words(
            "last name, lastname, surname, sn, legal last name, "
            "family name, familyname, Nachname, Familienname, Zuname, nom, "
            "nom de famille, apellido, apellidos, cognome, sobrenome, apelido, último nome, achternaam, efternamn, "
            "efternavn, etternavn, sukunimi, nazwisko, příjmení, vezetéknév, családnév, soyad, soyadı, фамилия"
        ),
    ),
    Field(
        "role",
        "Role",
        Kind.CHOICE,
        10,
        synonyms=_words(
            "role, roles, user role, member role, org role, organization role, workspace role, access level, "
            "max role, "
            "permission, permissions, access, user type, account type, member type, type of user, Rolle, Rollen, "
            "Berechtigung, "
            "Berechtigungen, Zugriff, Benutzerrolle, Benutzertyp, "
            "Kontotyp, rôle, droits, profil, type d'utilisateur, rol, perfil, permiso, "
            "tipo de usuario, ruolo, permessi, função, papel, cargo de acesso, rechten, roll, behörighet, rolle, "
            "rettighed, rooli, rola, uprawnienia, role uživatele, oprávnění, szerep, szerepkör, rol, роль"
        ),
    ),
    Field(
        "is_active",
        "Active",
        Kind.CHOICE,
        8,
        aliases=("active", "status", "state"),
        synonyms=_words(
            "active, is active, isactive, status, state, user status, account status, account enabled, enabled, "
            "account state, Konto aktiviert, compte activé, cuenta habilitada, member status, employment status, "
            "employee status, active status, org status, Aktiv, Zustand, Konto aktiv, aktiviert, Kontostatus, "
            "actif, statut, état, activé, compte actif, activo, activa, estado, habilitado, attivo, stato, abilitato, "
            "ativo, situação, actief, aktiv, tila, aktiivinen, aktywny, stan, aktivní, stav, aktív, állapot, státusz, "
            "aktif, durum, активен, статус"
        ),
    ),
    Field(
        "inactive",
        "Inactive",
        Kind.CHOICE,
        8,
        stored=False,
        aliases=("suspended", "deactivated"),
        synonyms=_words(
            "inactive, suspended, deactivated, disabled, blocked, archived, is suspended, is disabled, deleted, "
            "block sign in, login disabled, account disabled, is blocked, "
            "Anmeldung blockiert, Anmeldung blockieren, Anmeldeinformationen blockieren, connexion bloquée, "
            "Inaktiv, gesperrt, deaktiviert, ausgeschieden, inactif, désactivé, suspendu, inactivo, suspendido, "
            "desactivado, bloqueado, inattivo, sospeso, inativo, suspenso, geblokkeerd, inactief"
        ),
    ),
    Field(
        "external_id",
        "External id",
        aliases=("id",),
        synonyms=_words(
            "external id, employee id, employee number, employeenumber, personnel number, staff id, staff number, "
            "employee identifier, atlassian id, record id, Objekt-ID, Mitarbeiterkennung, Mitarbeiter-ID, "
            "member id, user id, userid, object id, immutable id, id, uuid, Personalnummer, Mitarbeiternummer, "
            "Mitarbeiter-Nr., Personal-Nr., Mitgliedsnummer, Mitglieds-Nr., Kennung, Externe ID, Benutzer-ID, "
            "matricule, numéro d'employé, identifiant, identifiant externe, número de empleado, id de empleado, "
            "identificador, matricola, id dipendente, matrícula, id externo, personeelsnummer, anställningsnummer, "
            "medarbejdernummer, ansattnummer, numer pracownika, osobní číslo, törzsszám, sicil no, табельный номер"
        ),
    ),
    Field(
        "title",
        "Job title",
        aliases=("job_title",),
        synonyms=_words(
            "title, job title, jobtitle, position, employee title, business title, "
            "job, organization title, organization 1 title, function, Funktion, Stelle, Position, Titel, "
            "Berufsbezeichnung, Tätigkeit, Stellenbezeichnung, fonction, poste, intitulé du poste, titre, puesto, "
            "cargo, título, posizione, qualifica, mansione, função profissional, functie, functietitel, befattning, "
            "stilling, titteli, tehtävänimike, stanowisko, pozice, pracovní pozice, beosztás, munkakör, unvan, "
            "должность"
        ),
    ),
)


def _layout(name: str, label: str, signature: tuple[str, ...], **columns: str) -> Layout:
    table: dict[str, str] = {}
    for field, headers in columns.items():
        table |= {normalise(header): "" if field == "ignore" else field for header in headers.split("|")}
    signatures = tuple(frozenset(normalise(item) for item in line.split("|")) for line in signature)
    return Layout(name, label, signatures, table)


LAYOUTS = (
    _layout(
        "google_workspace",
        "Google Workspace users",
        ("Org Unit Path|Email Address|First Name", "Org Unit Path [Required]|Status [READ ONLY]"),
        email="Email Address",
        first_name="First Name",
        last_name="Last Name",
        is_active="Status",
        external_id="Employee ID",
        title="Employee Title",
        ignore="Password|Recovery Email|Home Secondary Email|Work Secondary Email|Manager Email|Employee Type|"
        "New Primary Email|New Status|Department|Building ID",
    ),
    _layout(
        "microsoft_entra",
        "Microsoft Entra users",
        (
            "userPrincipalName|displayName",
            "User principal name|Object Id",
            "User principal name|Display name",
            "User name [userPrincipalName] Required|Block sign in (Yes/No) [accountEnabled] Required",
        ),
        email="mail|Email|E-mail|Primary SMTP address|userPrincipalName|User principal name|"
        "User name [userPrincipalName] Required",
        display_name="displayName|Display name|Name [displayName] Required",
        first_name="givenName|Given name|First name",
        last_name="surname|Last name",
        role="userType|User type",
        is_active="accountEnabled|Account enabled|Block credential status",
        inactive="Block credential|Block sign in (Yes/No) [accountEnabled] Required",
        external_id="objectId|Object Id|id|employeeId",
        title="jobTitle|Job title|Title",
        ignore="Initial password [passwordProfile] Required|"
        "alternateEmailAddress|creationType|companyName|department|isHybrid|directorySynced|usageLocation",
    ),
    _layout(
        "okta",
        "Okta people",
        (
            "login|firstName|lastName|status",
            "login|firstName|lastName|email",
            "Username|Primary email|First name|Status",
        ),
        email="email|primaryEmail|Primary email|login|Username",
        display_name="displayName",
        first_name="firstName|First name",
        last_name="lastName|Last name",
        is_active="status",
        external_id="employeeNumber|Employee number|User Id|id",
        title="title",
        ignore="secondEmail|Secondary email|userType|managerId|honorificPrefix",
    ),
    _layout(
        "slack",
        "Slack members",
        ("username|email|status|billing-active", "username|email|status|userid"),
        email="email",
        display_name="fullname",
        is_active="status",
        external_id="userid",
        title="title",
        ignore="username|displayname|billing-active|has-2fa|has-sso|expiration-timestamp",
    ),
    _layout(
        "atlassian",
        "Atlassian users",
        ("User id|User name|email|User status", "User name|email|Org role", "User id|User name|Email|Added to org"),
        email="email|Email address",
        display_name="User name|Full name",
        role="Org role",
        is_active="User status|Org status",
        external_id="User id",
        title="Job title",
        ignore="Added to org|Last seen|Group name|Group id",
    ),
)

MEMBERS = Target("members", "Members", FIELDS, "email", member_rules(), LAYOUTS)
