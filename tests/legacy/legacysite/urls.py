from django.contrib import admin
from django.urls import include, path

from crm import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("projects/", views.projects, name="projects"),
    path("projects/<int:pk>/", views.project, name="project"),
    path("labels/", views.labels, name="labels"),
    path("invoices/", views.invoices, name="invoices"),
]
