"""Addresses of the project."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from console.accounts.views import admin_login, home

urlpatterns = [
    path("", include("console.health")),
    path("", home, name="home"),
    path("admin/login/", admin_login),
    path("admin/", admin.site.urls),
    path("accounts/", include("console.accounts.urls")),
    path("invitations/", include("console.accounts.invitation_urls")),
]

if settings.MAIL_PAGE:
    urlpatterns.append(path("mail/", include("console.mail.urls")))
