from django.db import models


class OpenProjects(models.Manager):
    def get_queryset(self):
        return super().get_queryset().filter(archived=False)
