"""A till of the older bundle format, written from the HTTP contract alone.

With `requests` and `cryptography` and nothing of this project: it makes a device key, is
registered, collects cash-ins offline, and pushes them as older tills do under development (the
content key under scrypt of a shared password). It prints one JSON object: what it saw and the
bodies that it sent, for the story to judge and to send again.

    TOKEN=... MOCK_KMS_PASSWORD=... python3 older_till.py http://127.0.0.1:9000 ecdsa|rsa WALLET
"""

import base64
import hashlib
import json
import os
import secrets
import sys
import uuid
from datetime import datetime, timedelta, timezone

import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def b64(data):
    return base64.b64encode(data).decode()


class Till:
    def __init__(self, url, scheme):
        self.url = url
        self.scheme = scheme
        self.device_id = f"POS-{scheme}-{secrets.token_hex(4)}"
        self.tenant_id = f"agent-{scheme}-{secrets.token_hex(4)}"
        self.key = (
            ec.generate_private_key(ec.SECP256R1())
            if scheme == "ecdsa"
            else rsa.generate_private_key(public_exponent=65537, key_size=2048)
        )

    def post(self, path, body, token=None):
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        answer = requests.post(self.url + path, json=body, headers=headers, timeout=60)
        return {"status": answer.status_code, "body": answer.json()}

    def register(self, token):
        pem = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        order = {
            "device_id": self.device_id,
            "tenant_type": "agent",
            "tenant_id": self.tenant_id,
            "pubkey_pem": pem.decode(),
            "country": "PK",
            "currency_default": "PKR",
        }
        first = self.post("/offline/devices", order, token)
        again = self.post("/offline/devices", order, token)
        funding = {
            "account": "float",
            "tenant_type": "agent",
            "tenant_id": self.tenant_id,
            "currency": "PKR",
            "amount": "1000.00",
            "note": f"float of {self.device_id}",
        }
        return [first, again, self.post("/api/v1/operator/funding", funding, token)]

    def cash_in(self, wallet, amount):
        begun = datetime.now(timezone.utc) - timedelta(minutes=7)
        return {
            "local_id": str(uuid.uuid4()),
            "type": "cashin",
            "amount": amount,
            "currency": "PKR",
            "sender": self.tenant_id,
            "receiver": wallet,
            "initiated_at": begun.isoformat(),
            "meta": {"method": "wallet"},
        }

    def sign(self, data):
        if self.scheme == "ecdsa":
            return self.key.sign(data, ec.ECDSA(hashes.SHA256()))
        return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    def bundle(self, transactions, bundle_id=None):
        """The body of a push. The tag stands apart from what it closes, in both places."""
        bundle_id = bundle_id or f"{self.device_id}_{uuid.uuid4()}"
        clock = datetime.now(timezone.utc).isoformat()
        content = {
            "bundle_id": bundle_id,
            "transactions": transactions,
            "nonce": secrets.token_hex(16),
            "device_clock": clock,
            "device_id": self.device_id,
            "metadata": {"app_version": "1.4.2", "platform": "android"},
        }
        data_key, iv = os.urandom(32), os.urandom(12)
        closed = AESGCM(data_key).encrypt(iv, json.dumps(content).encode(), None)
        payload = json.dumps(
            {
                "key_wrapped": b64(wrap(data_key)),
                "iv": b64(iv),
                "tag": b64(closed[-16:]),
                "cipher": b64(closed[:-16]),
            }
        ).encode()
        return {
            "device_id": self.device_id,
            "bundle_id": bundle_id,
            "encrypted_payload": b64(payload),
            "signature": b64(self.sign(payload)),
            "device_clock": clock,
        }


def wrap(data_key):
    """The development form: iv(12), tag(16), key(32) under scrypt of the shared password."""
    password = os.environ["MOCK_KMS_PASSWORD"].encode()
    shared = hashlib.scrypt(password, salt=b"salt", n=16384, r=8, p=1, dklen=32)
    iv = os.urandom(12)
    closed = AESGCM(shared).encrypt(iv, data_key, None)
    return iv + closed[32:] + closed[:32]


def play(url, scheme, wallet):
    till = Till(url, scheme)
    registered = till.register(os.environ["TOKEN"])
    sales = [till.cash_in(wallet, 50), till.cash_in(wallet, 70.25)]
    body = till.bundle(sales)
    forged = {**body, "signature": b64(till.sign(b"something else"))}
    pushed = [till.post("/offline/push", each) for each in (forged, body, body)]
    # The same id over other bytes; then a lost reply: the same sales under a new id.
    conflict = till.post("/offline/push", till.bundle(sales, body["bundle_id"]))
    rebundled = till.bundle([*sales, till.cash_in(wallet, 0.75)])
    again = till.post("/offline/push", rebundled)
    seen = requests.get(f"{url}/offline/bundles/{rebundled['bundle_id']}", timeout=60).json()
    # Signed and kept; nobody has sent it yet.
    late = till.bundle([till.cash_in(wallet, 10)])
    return {
        "registered": registered,
        "pushed": pushed,
        "conflict": conflict,
        "again": again,
        "seen": seen,
        "body": body,
        "late": late,
    }


if __name__ == "__main__":
    print(json.dumps(play(sys.argv[1].rstrip("/"), sys.argv[2], sys.argv[3])))
