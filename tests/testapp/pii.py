"""No personal data: the words in these tables are made up by the tests."""

import pii

REASON = "words made up by the tests"
pii.waive("testapp.Customer", fields="name secret", reason=REASON)
pii.waive("testapp.Label", fields="word", reason=REASON)
pii.waive("testapp.Order", fields="title", reason=REASON)
pii.waive("testapp.OrderLabel", reason=REASON)
