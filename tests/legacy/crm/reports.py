from django.db import connection

from .models import Invoice


def open_total():
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(total), 0) FROM crm_invoice WHERE NOT paid")
        return cursor.fetchone()[0]


def largest_invoices():
    return list(Invoice.objects.raw("SELECT * FROM crm_invoice ORDER BY total DESC LIMIT 3"))
