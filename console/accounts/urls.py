"""Addresses under /accounts/: this app's own before allauth's."""

from django.urls import include, path

from . import views

urlpatterns = [
    path("profile/", views.profile, name="accounts_profile"),
    path("privacy/", views.who_looked, name="accounts_privacy"),
    path("second-factor/", views.second_factor, name="accounts_second_factor"),
    path("2fa/webauthn/keys/<int:pk>/remove/", views.RemoveKeyView.as_view(), name="mfa_remove_webauthn"),
    path("", include("allauth.urls")),
]
