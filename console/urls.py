"""Addresses of the project."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from console.accounts.views import admin_login

urlpatterns = [
    path("", include("console.health")),
    path("admin/login/", admin_login),
    path("admin/", admin.site.urls),
    path("accounts/", include("console.accounts.urls")),
    path("invitations/", include("console.accounts.invitation_urls")),
    path("", include("console.preferences.urls")),
    path("", include("console.workspace.urls")),
]

if settings.MAIL_PAGE:
    urlpatterns.append(path("mail/", include("console.mail.urls")))
