"""The pages as a project would mount them for the administrators of one tenant."""

from __future__ import annotations

from django.urls import path, reverse

from tenancy.models import Tenant
from tenancy.settings.history_page import HistoryPage
from tenancy.settings.pages import GroupPage, IndexPage
from tenancy.settings.targets import TenantTarget


class Mounted:
    """Tells who acts by a header, and keeps no session."""

    def target(self):
        return TenantTarget(Tenant.objects.get())

    def editor(self):
        return self.request.headers.get("X-Editor", "staff")

    def actor(self):
        return None

    def index_url(self):
        return reverse("index")

    def group_url(self, key):
        return reverse("group", args=[key])

    def extra_links(self):
        return [("History", reverse("history"))]


class Index(Mounted, IndexPage):
    pass


class Group(Mounted, GroupPage):
    pass


class History(Mounted, HistoryPage):
    pass


urlpatterns = [
    path("", Index.as_view(), name="index"),
    path("history/", History.as_view(), name="history"),
    path("<slug:group>/", Group.as_view(), name="group"),
]
