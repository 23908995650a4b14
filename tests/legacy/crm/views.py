from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import JsonResponse
from django.shortcuts import get_object_or_404

from . import reports
from .models import Invoice, Label, Project, Task


@login_required
def projects(request):
    return JsonResponse({"projects": [project.name for project in Project.objects.all()]})


@login_required
def project(request, pk):
    found = get_object_or_404(Project, pk=pk)
    tasks = Task.objects.filter(project=found).select_related("project")
    return JsonResponse({"name": found.name, "tasks": [task.title for task in tasks]})


@login_required
def labels(request):
    rows = cache.get_or_set("labels", lambda: list(Label.objects.all()), 300)
    return JsonResponse({"labels": [label.name for label in rows]})


@login_required
def invoices(request):
    largest = [invoice.number for invoice in reports.largest_invoices()]
    return JsonResponse({"count": Invoice.objects.count(), "open": str(reports.open_total()), "largest": largest})
