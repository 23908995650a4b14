"""A security key in software: answers WebAuthn ceremonies as a browser with a real key would hand them over.

ES256, attestation "none", user present and verified. See the W3C's Web Authentication Level 2, sections 6.1 and 6.5.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256

PRESENT_AND_VERIFIED, WITH_KEY = 0b101, 0b1000000


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


class SecurityKey:
    """One key with one credential."""

    def __init__(self, origin: str = "http://localhost") -> None:
        self.origin = origin
        self.id = secrets.token_bytes(32)
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.user_handle = ""
        self.uses = 0

    def create(self, options: dict) -> str:
        """The answer to navigator.credentials.create(), as allauth's script posts it."""
        options = options["publicKey"]
        self.user_handle = options["user"]["id"]
        public = cbor.encode(dict(ES256.from_cryptography_key(self.private.public_key())))
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        data = self._data(options["rp"]["id"], PRESENT_AND_VERIFIED | WITH_KEY) + attested
        response = {
            "clientDataJSON": b64(self._client("webauthn.create", options["challenge"])),
            "attestationObject": b64(cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})),
            "transports": ["internal"],
        }
        return self._credential(response, {"credProps": {"rk": True}})

    def get(self, options: dict) -> str:
        """The answer to navigator.credentials.get()."""
        options = options["publicKey"]
        client = self._client("webauthn.get", options["challenge"])
        data = self._data(options["rpId"], PRESENT_AND_VERIFIED)
        response = {
            "clientDataJSON": b64(client),
            "authenticatorData": b64(data),
            "signature": b64(self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))),
            "userHandle": self.user_handle,
        }
        return self._credential(response, {})

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _data(self, rp_id: str, flags: int) -> bytes:
        self.uses += 1
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.uses.to_bytes(4, "big")

    def _credential(self, response: dict, extensions: dict) -> str:
        return json.dumps(
            {
                "type": "public-key",
                "id": b64(self.id),
                "rawId": b64(self.id),
                "authenticatorAttachment": "platform",
                "response": response,
                "clientExtensionResults": extensions,
            }
        )
