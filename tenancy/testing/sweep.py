"""The generated sweep: every address, form and bulk id is tried with the other tenant's keys.

The answer must be the one for an absent key, to the letter; the other tenant's rows must not change; and the same walk
with own keys must succeed somewhere, so that "404 for everything" fails.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from .isolation import Fleet, assert_isolated, comparable
from .pages import FormOnPage, forms_on
from .routes import Route, routes

FILLED = ("uuid", "str", "slug", "path", "regex")


@dataclass
class Sweep:
    """Walks the project as one signed-in person of tenant A.

    `client` is signed in; `prefix` stands before every address (``/t/northwind``). `exempt` maps a route's name to the
    reason why it is left out; an exemption that nothing used fails the test. `only` narrows to routes by prefix.
    """

    client: Any
    fleet: Fleet
    prefix: str = ""
    exempt: dict[str, str] = field(default_factory=dict)
    skip_prefixes: tuple[str, ...] = ("admin:",)
    used: set[str] = field(default_factory=set)
    succeeded: set[str] = field(default_factory=set)
    keyed: set[str] = field(default_factory=set)

    def routes(self) -> Iterator[Route]:
        """The addresses to try."""
        for route in routes():
            if route.name.startswith(self.skip_prefixes):
                continue
            if route.name in self.exempt:
                self.used.add(route.name)
                continue
            yield route

    def walk(self, *, must_succeed: bool = True) -> None:
        """Everything below, in order; raises AssertionError with the address at the first difference.

        `must_succeed`: every address with keys opens with some of the person's own (true of the most powerful role).
        """
        before = self.fleet.snapshot()
        assert before, "the other tenant has no rows: the sweep would prove nothing"
        for route in list(self.routes()):
            if route.converters:
                self.try_keys(route)
            else:
                self.read(route.fill([]))
        assert self.fleet.snapshot() == before, "the other tenant's rows changed"
        unused = set(self.exempt) - self.used
        assert not unused, f"exempt, and yet there is no such route: {sorted(unused)}"
        silent = self.keyed - self.succeeded
        assert not (must_succeed and silent), (
            f"own keys succeed nowhere on {sorted(silent)}: a sweep of closed doors proves nothing"
        )

    def try_keys(self, route: Route) -> None:
        """The address with each of the other tenant's keys, alone and mixed with own ones, against an absent key."""
        self.keyed.add(route.name)
        count = len(route.converters)
        own, other = self.fleet.keys(0), self.fleet.keys(1)
        for filled in itertools.product(own, repeat=count) if count < 3 else []:
            response = self.read(route.fill(list(filled)))
            if response.status_code in (200, 302, 405):
                self.succeeded.add(route.name)
                break
        for place in range(count):
            for method in ("get", "post"):
                absent = str(uuid.uuid4())
                expected = comparable(self._ask(method, route, own[:1] * count, place, absent), absent)
                for mine, theirs in zip(own, other, strict=True):
                    answer = comparable(self._ask(method, route, [mine] * count, place, theirs), theirs)
                    if answer != expected and mine != own[0]:  # the own keys beside it may matter: ask alike
                        expected = comparable(self._ask(method, route, [mine] * count, place, absent), absent)
                    assert answer == expected, f"{method} {route.name} tells the other tenant's key from an absent one"

    def _ask(self, method: str, route: Route, values: list[str], place: int, key: str) -> Any:
        filled = [key if index == place else value for index, value in enumerate(values)]
        response = getattr(self.client, method)(self.prefix + route.fill(filled))
        assert_isolated(response)
        assert response.status_code < 500, f"{method} {route.name}: {response.status_code}"
        return response

    def read(self, address: str) -> Any:
        """GET an own page; try every form on it."""
        response = self.client.get(self.prefix + address)
        assert response.status_code < 500, f"{address}: {response.status_code}"
        assert_isolated(response)
        if response.status_code == 200 and response.headers.get("Content-Type", "").startswith("text/html"):
            for form in forms_on(response.content.decode()):
                self.try_form(self.prefix + address, form)
        return response

    def try_form(self, page: str, form: FormOnPage) -> None:
        """Put the other tenant's keys in the place of own ones, wherever the form sends a key."""
        own, other = self.fleet.keys(0), self.fleet.keys(1)
        pairs = dict(zip(own, other, strict=True))
        target = urljoin(page, form.action or page)
        if not target.startswith("/"):
            return
        for name, options in {**form.choices, **form.values}.items():
            found = next((value for value in options if value in pairs), None)
            if found is None:
                continue
            answers = []
            for key in (pairs[found], str(uuid.uuid4())):
                data = {**{n: v for n, v in form.values.items() if v}, name: [key]}
                submit = getattr(self.client, form.method if form.method in ("get", "post") else "get")
                response = submit(target, data)
                assert_isolated(response)
                assert response.status_code < 500, f"{target} {name}: {response.status_code}"
                answers.append(comparable(response, key))
            assert answers[0] == answers[1], f"the form on {page} tells the other tenant's {name} from an absent one"
