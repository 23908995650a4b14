"""Addresses under /invitations/."""

from django.urls import path

from . import invitation_views as views

urlpatterns = [
    path("accept/", views.accept, name="invitation_accept"),
    path("switch/", views.switch, name="invitation_switch"),
    path("<str:token>/", views.opened, name="invitation_opened"),
]
