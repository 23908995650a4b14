"""Addresses of what the settings make of the workspace."""

from django.urls import path

from . import branding

urlpatterns = [
    path("branding.css", branding.branding_css, name="workspace_branding"),
]
