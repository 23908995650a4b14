"""The carrier under threads, executors, tasks of one loop, and decorated functions."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from tenancy import TenantScopeRequired, current_tenant_id, tenant_scope
from tests.testapp.models import Customer

from .helpers import names


@pytest.mark.django_db(transaction=True)
def test_threads_started_by_hand_have_no_scope_and_their_own_when_opened(customers):
    found = {}

    def without():
        try:
            names()
        except TenantScopeRequired as error:
            found["without"] = error
        finally:
            connections.close_all()

    def inside(tenant):
        with tenant_scope(tenant):
            try:
                return names()
            finally:
                connections.close_all()

    with tenant_scope(customers[0]):
        thread = threading.Thread(target=without)
        thread.start()
        thread.join()
        assert names() == {"northwind"}
    assert "without" in found
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(inside, customers * 10))
    assert results == [{"northwind"}, {"contoso"}] * 10


@pytest.mark.django_db(transaction=True)
def test_two_tenants_in_one_event_loop(customers):
    async def look(tenant):
        async with tenant_scope(tenant):
            found = set()
            async for customer in Customer.objects.all():
                await asyncio.sleep(0)
                found.add(customer.name.split()[0])
            found |= await sync_to_async(names)()
            return found

    async def both():
        try:
            return await asyncio.gather(*(look(tenant) for tenant in customers * 5))
        finally:
            await sync_to_async(connections.close_all)()

    assert asyncio.run(both()) == [{"northwind"}, {"contoso"}] * 5


def test_decorators_open_scopes_around_each_call_and_refuse_generators(customers):
    a, _ = customers

    @tenant_scope(a)
    def sync():
        return names()

    @tenant_scope(a)
    async def tasked():
        return current_tenant_id()

    assert sync() == sync() == {"northwind"}
    assert asyncio.run(tasked()) == a.pk
    assert current_tenant_id() is None
    with pytest.raises(TypeError, match="generator"):

        @tenant_scope(a)
        def steps():
            yield 1
