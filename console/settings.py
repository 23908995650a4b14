"""Django settings: works with no configuration, and everything that a deployment changes is an environment variable."""

from functools import partial
from pathlib import Path

import environ
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

from console.database import databases
from console.keys import development_keys
from console.logs import logging_config
from console.navigation import UNFOLD as UNFOLD
from console.navigation import mails

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# What runs where ------------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=True)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
SECRET_KEY = env.str("SECRET_KEY", default="insecure-development-key" if DEBUG else environ.Env.NOTSET)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", ".localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ENVIRONMENT = env.str("ENVIRONMENT", default="development" if DEBUG else "production")  # shown as a badge
BASE_URL = env.str("BASE_URL", default="http://localhost:8000")  # used in mails sent outside a request
ROOT_URLCONF = "console.urls"
WSGI_APPLICATION = "console.wsgi.application"
ASGI_APPLICATION = "console.asgi.application"

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.inlines",
    "unfold.contrib.import_export",
    "unfold.contrib.simple_history",
    "console",
    "console.accounts",
    "console.mail",
    "console.apps.ConsoleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "import_export",
    "simple_history",
    "procrastinate.contrib.django",
    "tenancy",
    "pii",
    "console.members",
    "console.operations",
    "console.workspace",
    "console.preferences",
]

MIDDLEWARE = [
    "console.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "console.workspace.uploads.UploadMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "console.accounts.middleware.PersonalMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "console.operations.view_as_middleware.ViewAsMiddleware",
    "tenancy.middleware.TenantMiddleware",
    "console.preferences.region.RegionMiddleware",
    "console.preferences.branding.LogoPolicyMiddleware",
    "console.accounts.middleware.AccountPagesMiddleware",
    "console.accounts.middleware.SecondFactorMiddleware",
    "console.preferences.sign_in.SignInRulesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "console.workspace.refusals.RestrictedMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "console.context.site",
                "console.workspace.context.workspace",
                "console.preferences.branding.brand",
            ]
        },
    }
]

# Database (embedded PostgreSQL, or DATABASE_URL) ------------------------------------------------------------------
DATABASES = databases(env)
DATABASE_ROUTERS = ["tenancy.routers.TenantRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
SESSION_ENGINE = "tenancy.sessions"
AUTHENTICATION_BACKENDS = ["console.accounts.backends.PersonBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
OPEN_SIGNUP = env.bool("OPEN_SIGNUP", default=False)  # otherwise people come in by invitation only
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=True)  # the demo turns it off; accounts.E001 refuses that
ACCOUNT_ADAPTER = "console.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "console.accounts.forms.SignupForm"
ACCOUNT_FORMS = {"reset_password": "console.accounts.reset.ResetPasswordForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "console.accounts.people.display_name"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True  # a code, not a link: the address can change with a second factor set
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True  # one address per person; the new one counts once its code was typed
ACCOUNT_EMAIL_NOTIFICATIONS = True  # tells a person of every change to how they sign in
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)  # proxies whose X-Forwarded-For is believed
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
MFA_ADAPTER = "console.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Tenant Operations"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG  # http://localhost

# Cache: rate limits and the codes that were already used. LocMem counts per process; accounts.E003 refuses it deployed.
CACHES = {"default": env.cache("CACHE_URL", default="locmemcache://")}

# Language and time --------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("en-gb", "English (United Kingdom)")]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# Files ----------------------------------------------------------------------------------------------------------------
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
STATIC_URL = "/static/"  # absolute: the prefix of a tenant's path must not get into it
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEBUG  # in development straight from the source, no collectstatic
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Encryption at rest (second factors, secret settings) ------------------------------------------------------------
FIELD_ENCRYPTION_KEYS = env.list(
    "FIELD_ENCRYPTION_KEYS", default=[]
)  # newest first; `manage.py rotate_encryption_keys`
TENANCY = {
    "ROLE_PREFIX": "toc",
    "OWNER_DATABASE": "console.database.owner_database",
    "IDENTITY_PATHS": [
        "/accounts/",
        "/admin/",
        "/invitations/",
        "/mail/",
        "/organisations/",
        "/static/",
        "/healthz",
        "/readyz",
    ],
    "CHOOSE_URL": "workspace_choose",
    "INVITATION_URL": BASE_URL.rstrip("/") + "/invitations/{token}/",
    "ENCRYPTION_KEYS": partial(development_keys, VAR_DIR)
    if DEBUG and not FIELD_ENCRYPTION_KEYS
    else FIELD_ENCRYPTION_KEYS,
    "JOBS_BACKEND": "console.jobs.QueueBackend",
}
SIMPLE_HISTORY_DATE_INDEX = False  # console.history declares the indexes that its look-ups use
SIMPLE_HISTORY_FILEFIELD_TO_CHARFIELD = True

# Headers ------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
ADMIN_CSP = {
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}  # unfold runs Alpine; see console.csp
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]  # probes come from inside, over plain HTTP
SECURE_HSTS_SECONDS = 0 if DEBUG else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG

# Mail ------------------------------------------------------------
# Without EMAIL_URL, mails of a development server land in a page of the console (/mail/) instead of leaving it.
MAIL_PAGE = DEBUG and not env.str("EMAIL_URL", default="")
vars().update(env.email("EMAIL_URL", default="smtp://localhost:25"))
if MAIL_PAGE:
    EMAIL_BACKEND = "console.mail.backend.EmailBackend"
    UNFOLD["SIDEBAR"]["navigation"][-1]["items"].append(mails())
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Tenant Operations <no-reply@localhost>")

# Admin ------------------------------------------------------------
FOUR_EYES_ABOVE = env.int("FOUR_EYES_ABOVE", default=25)  # a bulk change of more rows needs a second member of staff
STAFF_SESSION_MINUTES = env.int("STAFF_SESSION_MINUTES", default=30)  # how long a tenant's content stays open to staff
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "import"  # without a code everybody who may look may import
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "export"
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
IMPORT_EXPORT_ESCAPE_HTML_ON_EXPORT = True
IMPORT_EXPORT_TMP_STORAGE_CLASS = "console.import_previews.PreviewStorage"
IMPORT_EXPORT_SKIP_ADMIN_LOG = True  # the audit trail has one act per import instead of one row per line

# Logs: to stderr, JSON with a request id; plain lines in development -----------------------------------------------
LOGGING = logging_config(human=DEBUG, level=env.str("LOG_LEVEL", default="INFO"))

# Personal data ------------------------------------------------------------
PII = {
    "ENFORCE_COVERAGE": True,  # a column nobody has decided about is an error of `check`
    "RETENTION": "console.preferences.retention.days_kept",
    "OFFICERS": "console.operations.privacy.officers.addresses",
}
