"""Addresses under /mail/, mounted in development only."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.mail_list, name="mail_list"),
    path("<str:key>/", views.mail_detail, name="mail_detail"),
]
