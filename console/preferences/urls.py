"""Addresses of the workspace's settings."""

from django.urls import path

from . import branding, views

urlpatterns = [
    path("settings/", views.SettingsIndex.as_view(), name="workspace_settings"),
    path("settings/history/", views.SettingsHistory.as_view(), name="workspace_settings_history"),
    path("settings/group/<slug:group>/", views.SettingsGroup.as_view(), name="workspace_settings_group"),
    path("branding.css", branding.branding_css, name="workspace_branding"),
]
