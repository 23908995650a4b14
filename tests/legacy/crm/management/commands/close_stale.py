from django.core.management.base import BaseCommand

from crm.models import Task


class Command(BaseCommand):
    def handle(self, **options):
        for task in Task.objects.filter(done=False, title__startswith="stale"):
            task.done = True
            task.save()
