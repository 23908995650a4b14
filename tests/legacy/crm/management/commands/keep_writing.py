"""People at work: writes as the site's views do until it is stopped, and keeps a journal of what it wrote."""

import json
import os
import random
import signal
import time
from contextlib import nullcontext

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection, transaction

from crm.models import Comment, Company, Country, Invoice, Label, Payment, Project, Task
from people.models import User


def scope_of(company):
    """What the middleware does for a request, once there is one."""
    if "tenancy" not in settings.INSTALLED_APPS or settings.TENANCY.get("ENFORCEMENT") == "off":
        return nullcontext()
    from tenancy import tenant_scope

    return tenant_scope(company.tenant_id)


def wide():
    if "tenancy" not in settings.INSTALLED_APPS:
        return nullcontext()
    from tenancy import system_scope

    return system_scope(reason="the writer's list of customers")


class Command(BaseCommand):
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("number", type=int)
        parser.add_argument("journal")

    def handle(self, number, journal, **options):
        self.number, self.stopped = number, False
        signal.signal(signal.SIGTERM, self.stop)
        chance = random.Random(f"{number} {time.time()}")
        with wide():
            companies = list(Company.objects.order_by("id")[:100])
            first_task = Task.objects.order_by("id").values_list("id", flat=True)[0]
        acts = [self.add_task, self.rename, self.move, self.comment, self.bill]
        if not isinstance(scope_of(companies[0]), nullcontext):
            acts += [self.label_it]
        else:
            acts += [self.label_it, self.label_by_hand, self.sign_up]
        self.first_task = first_task
        with open(journal, "a") as self.journal:
            while not self.stopped:
                company = chance.choice(companies)
                started = time.perf_counter()
                with scope_of(company), transaction.atomic():
                    wrote = chance.choice(acts)(company, chance)
                self.note(wrote, time.perf_counter() - started)
                time.sleep(0.01)

    def stop(self, *args):
        self.stopped = True

    def note(self, wrote, seconds):
        for line in wrote or ():
            self.journal.write(json.dumps({**line, "ms": round(1000 * seconds, 1)}) + "\n")
        self.journal.flush()
        os.fsync(self.journal.fileno())

    def project(self, company, chance):
        return chance.choice(list(Project.objects.filter(company=company)[:20]))

    def add_task(self, company, chance):
        task = Task.objects.create(project=self.project(company, chance), title=f"by writer {self.number}")
        return [{"table": "crm_task", "id": task.pk, "company": company.pk}]

    def label_it(self, company, chance):
        [task] = self.add_task(company, chance)
        Task.objects.get(pk=task["id"]).labels.add(Label.objects.filter(company=company).first())
        return [task, {"table": "crm_task_labels", "task": task["id"], "company": company.pk}]

    def label_by_hand(self, company, chance):
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO crm_label (company_id, name) VALUES (%s, 'by hand') RETURNING id", [company.pk])
            return [{"table": "crm_label", "id": cursor.fetchone()[0], "company": company.pk}]

    def rename(self, company, chance):
        task = self.own_task(company, chance)
        if task is None:
            return []
        task.title = f"renamed by {self.number}, {chance.random()}"
        task.save()
        return [{"table": "crm_task", "id": task.pk, "company": company.pk, "title": task.title}]

    def move(self, company, chance):
        task = self.own_task(company, chance)
        if task is None:
            return []
        task.project = self.project(company, chance)
        task.title = f"moved by {self.number}, {chance.random()}"
        task.save()
        return [{"table": "crm_task", "id": task.pk, "company": company.pk, "title": task.title}]

    def own_task(self, company, chance):
        """A task that only this writer touches."""
        start = self.first_task + chance.randrange(12000)
        rows = Task.objects.filter(project__company=company, id__gte=start).order_by("id")[:8]
        return next((task for task in rows if task.pk % 2 == self.number % 2), None)

    def comment(self, company, chance):
        author = User.objects.filter(company_id=company.pk).first()
        task = Task.objects.filter(project__company=company).order_by("id")[chance.randrange(50)]
        comment = Comment.objects.create(about=task, author=author, text=f"by writer {self.number}")
        return [{"table": "crm_comment", "id": comment.pk, "company": company.pk}]

    def bill(self, company, chance):
        invoice = Invoice.objects.create(company=company, number=f"W{self.number}-{chance.getrandbits(48)}", total=10)
        payment = Payment.objects.create(invoice=invoice, amount=10)
        return [
            {"table": "crm_invoice", "id": invoice.pk, "company": company.pk},
            {"table": "crm_payment", "id": payment.pk, "company": company.pk},
        ]

    def sign_up(self, company, chance):
        new = Company.objects.create(name=f"New of {self.number}", country=Country.objects.first())
        user = User.objects.create(username=f"new{self.number}-{chance.getrandbits(48)}", company=new)
        project = Project.objects.create(company=new, name="First project")
        return [
            {"table": "crm_company", "id": new.pk, "company": new.pk},
            {"table": "people_user", "id": user.pk, "company": new.pk},
            {"table": "crm_project", "id": project.pk, "company": new.pk},
        ]
