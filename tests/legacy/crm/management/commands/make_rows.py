"""Fills the database as years of use would have: 50,000 rows, with the flaws that such years leave."""

from django.contrib.contenttypes.models import ContentType
from django.core.management.base import BaseCommand
from django.db import connection

from crm.models import Project, Task

ROWS = """
INSERT INTO crm_country (code, name) SELECT chr(65 + n / 26) || chr(65 + n %% 26), 'Country ' || n
    FROM generate_series(0, 49) n;
INSERT INTO crm_company (name, country_id) SELECT 'Company ' || n, (SELECT min(id) FROM crm_country) + n %% 50
    FROM generate_series(1, 100) n;
INSERT INTO people_user (company_id, username, email, password, first_name, last_name, is_staff, is_active,
    is_superuser, date_joined)
    SELECT (SELECT min(id) FROM crm_company) + n %% 100, 'person' || n, 'person' || n || '@example.test', '!', '', '',
    false, true, false, now() FROM generate_series(1, 500) n;
INSERT INTO crm_project (company_id, name, archived) SELECT (SELECT min(id) FROM crm_company) + n %% 100,
    'Project ' || n, n %% 27 = 0 FROM generate_series(1, 1350) n;
INSERT INTO crm_label (company_id, name) SELECT (SELECT min(id) FROM crm_company) + n %% 100, 'Label ' || n
    FROM generate_series(1, 1000) n;
-- The assignee is of the project's company, but for one task in a thousand.
INSERT INTO crm_task (project_id, assignee_id, title, done)
    SELECT (SELECT min(id) FROM crm_project) + n %% 1300, CASE WHEN n %% 3 = 0 THEN NULL
        ELSE (SELECT min(id) FROM people_user) + (n + CASE WHEN n %% 1000 = 1 THEN 1 ELSE 0 END) %% 100 END,
    'Task ' || n, n %% 2 = 0 FROM generate_series(1, 15000) n;
INSERT INTO crm_task_labels (task_id, label_id) SELECT t.id, l.id FROM crm_task t
    JOIN crm_project p ON p.id = t.project_id
    JOIN LATERAL (SELECT id FROM crm_label WHERE company_id = p.company_id ORDER BY id LIMIT 1) l ON true
    WHERE t.id %% 3 <> 0;
INSERT INTO crm_invoice (company_id, number, total, paid) SELECT (SELECT min(id) FROM crm_company) + n %% 100,
    'R' || n, 10 + n %% 990, false FROM generate_series(1, 7000) n;
INSERT INTO crm_payment (invoice_id, amount) SELECT id, 5 FROM crm_invoice WHERE id %% 7 < 5;
-- Ten comments are about rows that are gone.
INSERT INTO crm_comment (content_type_id, object_id, author_id, text)
    SELECT CASE WHEN n %% 2 = 0 THEN %(task)s ELSE %(project)s END,
    CASE WHEN n %% 1000 = 0 THEN 99000000 + n WHEN n %% 2 = 0 THEN (SELECT min(id) FROM crm_task) + n %% 15000
        ELSE (SELECT min(id) FROM crm_project) + n %% 1350 END,
    (SELECT min(id) FROM people_user) + CASE WHEN n %% 2 = 0 THEN (n + 1) %% 100 ELSE n %% 1350 %% 100 END, 'Comment ' || n FROM generate_series(1, 10000) n;
"""


class Command(BaseCommand):
    def handle(self, **options):
        types = {model: ContentType.objects.get_for_model(model).pk for model in (Task, Project)}
        with connection.cursor() as cursor:
            cursor.execute(ROWS, {"task": types[Task], "project": types[Project]})
