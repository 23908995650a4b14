from django.contrib import admin

from .models import Invoice, Project

admin.site.register(Invoice)
admin.site.register(Project)
