from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    company = models.ForeignKey("crm.Company", on_delete=models.CASCADE, null=True, blank=True)
