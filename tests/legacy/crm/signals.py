from django.db.models import Sum
from django.db.models.signals import post_save
from django.dispatch import receiver

from .models import Invoice, Payment


@receiver(post_save, sender=Payment)
def mark_paid(sender, instance, **kwargs):
    paid = Payment.objects.filter(invoice_id=instance.invoice_id).aggregate(sum=Sum("amount"))["sum"]
    Invoice.objects.filter(pk=instance.invoice_id, total__lte=paid).update(paid=True)
