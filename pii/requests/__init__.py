"""The verbs of a request's life; each locks the row, obeys the transition table and leaves an event and an act."""

from .about import requests_about
from .approval import approve, decide_tenant, erase_item, keep_item
from .ending import refuse, withdraw
from .holding import place_hold, release_hold
from .identity import attest, confirm_code, doubt_identity, send_code
from .intake import access_request_by_number, extend, receive
from .rectification import finish_by_hand, rectify
from .restriction import lift, restrict, standing_restrictions

__all__ = [
    "access_request_by_number",
    "approve",
    "attest",
    "confirm_code",
    "decide_tenant",
    "doubt_identity",
    "erase_item",
    "extend",
    "finish_by_hand",
    "keep_item",
    "lift",
    "place_hold",
    "receive",
    "rectify",
    "refuse",
    "release_hold",
    "requests_about",
    "restrict",
    "send_code",
    "standing_restrictions",
    "withdraw",
]
