"""A client of the wallet backend, as there were two generations of them.

Written from the HTTP contract alone (accounts, wallets, offline transactions), with `requests`
and `cryptography`, and with nothing of this project. It plays a payer and a payee from sign-up to
the verified receipt and prints one JSON object: what it saw, for the story to judge. Whatever is
not as the contract says ends it with the route, the status and the body.

    python3 older_client.py http://127.0.0.1:9000 older|newer
"""

import base64
import hashlib
import json
import secrets
import sys
import time
from datetime import datetime, timezone
from decimal import Decimal

import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

SIX = ("amount", "currency", "nonce", "receiver_public_key", "sender_wallet_id", "timestamp")
ATTESTED = (
    "amount",
    "currency",
    "direction",
    "nonce",
    "payee_id",
    "payer_id",
    "receiver_wallet_id",
    "timestamp",
    "tx_id",
)
GENESIS = "0" * 64
PASSWORD = "Correct-Horse-7"
IBAN = "PK36SCBL0000001123456702"


class Generation:
    """What differs between the two: paths, what is signed, how it is written."""

    def __init__(self, name):
        self.newer = name == "newer"
        self.paths = (
            {
                "refresh": "/auth/token/refresh",
                "wallets": "/api/v1/wallets/",
                "transfer": "/api/v1/wallets/transfer",
                "create": "/api/v1/offline-transactions/create-local",
                "store": "/api/v1/offline-transactions/sign-and-store",
                "sync": "/api/v1/offline-transactions/sync",
                "confirm": "/api/v1/offline-transactions/%s/confirm",
                "list": "/api/v1/offline-transactions/",
                "verify": "/api/v1/offline-transactions/verify-receipt",
                "history": "/api/v1/offline-transactions/unified-history",
            }
            if self.newer
            else {
                "refresh": "/auth/refresh",
                "wallets": "/wallet/create",
                "transfer": "/wallet/transfer",
                "create": "/offline-tx/create",
                "store": "/offline-tx/sign-and-store",
                "sync": "/api/v1/offline-transactions/offline-sync",
                "confirm": "/offline-tx/%s/confirm",
                "list": "/offline-tx/list",
                "verify": "/offline-tx/verify-receipt",
                "history": "/api/v1/offline-transactions/unified-history",
            }
        )

    def amount(self, number):
        """The newer one writes text, the older one a float."""
        return f"{Decimal(number):.2f}" if self.newer else float(number)

    def times(self):
        """Naive, with a zone, in epoch milliseconds: kept as given."""
        now = datetime.now(timezone.utc)
        epoch = int(time.time() * 1000)
        return [now.replace(tzinfo=None).isoformat(), now.isoformat(), epoch]

    def text(self, data, fields=None):
        """The newer one signs the whole dict, spaced, all text; the older one six, minified."""
        if self.newer:
            said = {key: str(value) for key, value in data.items()}
            return json.dumps(said, sort_keys=True)
        said = {key: data[key] for key in fields or SIX}
        return json.dumps(said, sort_keys=True, separators=(",", ":"))


def sign(key, text):
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
    return base64.b64encode(key.sign(text.encode(), pss, hashes.SHA256())).decode()


class Person:
    def __init__(self, url, generation, name):
        self.url = url
        self.generation = generation
        self.name = name
        self.email = f"{name.lower()}.{secrets.token_hex(6)}@example.com"
        self.phone = "+9230" + "".join(secrets.choice("0123456789") for _ in range(8))
        self.fingerprint = secrets.token_hex(16)
        self.session = requests.Session()
        self.head = (GENESIS, 1)
        self.seen = {}

    def ask(self, method, path, expected, **options):
        answer = self.session.request(method, self.url + path, timeout=60, **options)
        if answer.status_code != expected:
            raise SystemExit(
                f"{method} {path}: {answer.status_code} where {expected} was due: {answer.text}"
            )
        return answer.json()

    def post(self, path, body, expected=200, **options):
        return self.ask("POST", path, expected, json=body, **options)

    def get(self, path, expected=200, **options):
        return self.ask("GET", path, expected, **options)

    # Accounts

    def sign_up(self):
        told = self.post(
            "/auth/signup",
            {
                "name": self.name,
                "email": self.email,
                "password": PASSWORD,
                "phone": self.phone,
                "role": "user",
            },
            201,
        )
        self.post("/auth/verify-email", {"email": self.email, "otp": told["otp_demo"]})

    def log_in(self):
        begun = self.post(
            "/auth/login",
            {"email": self.email, "password": PASSWORD, "device_fingerprint": self.fingerprint},
        )
        assert begun["requires_otp"] is True and begun["email_verified"] is True, begun
        tokens = self.post(
            "/auth/login/confirm",
            {
                "email": self.email,
                "otp": begun["otp_demo"],
                "nonce": begun["nonce_demo"],
                "device_fingerprint": self.fingerprint,
            },
        )
        assert tokens["token_type"] == "bearer", tokens
        self.use(tokens)

    def refresh(self):
        body = {"refresh_token": self.refresh_token, "device_fingerprint": self.fingerprint}
        self.use(self.post(self.generation.paths["refresh"], body))

    def use(self, tokens):
        self.refresh_token = tokens["refresh_token"]
        self.session.headers["Authorization"] = f"Bearer {tokens['access_token']}"

    def me(self):
        return self.get("/auth/me", headers={"X-Device-Fingerprint": self.fingerprint})

    # Wallets

    def open_wallets(self):
        path = self.generation.paths["wallets"]
        order = {"wallet_type": "current", "currency": "PKR", "bank_account_number": IBAN}
        self.current = self.post(path, order, 201)
        order = {"wallet_type": "offline", "currency": "PKR"}
        self.offline = self.post(path, order, 201)
        twice = self.post(path, order, 400)
        assert "already has" in twice["detail"], twice
        listed = {wallet["id"] for wallet in self.get("/api/v1/wallets/")}
        assert {self.current["id"], self.offline["id"]} <= listed, listed

    def fetch_key(self):
        released = self.get(f"/api/v1/wallets/{self.offline['id']}/private-key")
        self.key = serialization.load_pem_private_key(released["private_key"].encode(), None)

    def replace_key(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        path = f"/api/v1/wallets/{self.offline['id']}/offline-signing-key"
        self.offline = self.ask("PUT", path, 200, json={"public_key_pem": self.public_pem()})

    def public_pem(self):
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()

    def top_up(self, amount):
        path = "/api/v1/wallets/topup"
        order = {
            "wallet_id": self.current["id"],
            "amount": self.generation.amount(amount),
            "password": PASSWORD,
            "bank_account_number": IBAN,
        }
        self.post(path, {**order, "password": "Wrong-Horse-7"}, 401)
        told = self.post(path, order)
        done = self.post(
            f"{path}/verify", {"wallet_id": self.current["id"], "otp": told["otp_demo"]}
        )
        assert Decimal(str(done["amount_added"])) == Decimal(amount), done
        return done

    def preload(self, amount):
        order = {
            "from_wallet_id": self.current["id"],
            "to_wallet_id": self.offline["id"],
            "amount": self.generation.amount(amount),
            "currency": "PKR",
        }
        moved = self.post(self.generation.paths["transfer"], order, 201)
        assert moved["status"] == "completed", moved
        short = self.post(
            self.generation.paths["transfer"],
            {**order, "amount": self.generation.amount("900000")},
            400,
        )
        assert short["detail"], short

    def show_qr(self):
        shown = self.post("/api/v1/wallets/qr-code", {"wallet_id": self.offline["id"]})
        data = shown["qr_data"]
        assert data["version"] == "1.0" and data["type"] == "offline_payment_receiver", data
        assert base64.b64decode(shown["qr_image_base64"]).startswith(b"\x89PNG"), "no PNG"
        return data

    # Offline transactions

    def pay(self, qr, amount, at):
        """Creates it, signs it here, keeps it: what a phone without a network does later."""
        order = {
            "sender_wallet_id": self.offline["id"],
            "receiver_qr_data": qr,
            "amount": self.generation.amount(amount),
            "currency": "PKR",
            "device_fingerprint": self.fingerprint,
            "created_at_device": at,
        }
        created = self.post(self.generation.paths["create"], order, 201)
        data = created["transaction_data"]
        assert created["nonce"] == data["nonce"], created
        assert set(SIX) <= set(data) and data["timestamp"] == at, data
        return {"transaction_data": data, "signature": sign(self.key, self.text(data))}

    def pay_alone(self, qr, amount, at):
        """The same without asking the bank: its own nonce, the amount as a JSON number."""
        data = {
            "sender_wallet_id": self.offline["id"],
            "receiver_public_key": qr["public_key"],
            "amount": float(amount),
            "currency": "PKR",
            "nonce": secrets.token_hex(16),
            "timestamp": at,
        }
        return {"transaction_data": data, "signature": sign(self.key, self.text(data))}

    def text(self, data, fields=None):
        return self.generation.text(data, fields)

    def refusals(self, qr):
        path = self.generation.paths["create"]
        order = {
            "sender_wallet_id": self.offline["id"],
            "receiver_qr_data": qr,
            "amount": self.generation.amount("10"),
            "currency": "PKR",
        }
        keyless = {key: value for key, value in qr.items() if key != "public_key"}
        told = self.post(path, {**order, "receiver_qr_data": keyless}, 400)
        assert told["detail"].startswith("Invalid QR"), told
        told = self.post(path, {**order, "amount": self.generation.amount("900000")}, 400)
        assert told["detail"].startswith("Insufficient"), told

    def store(self, payment):
        path = self.generation.paths["store"]
        if self.generation.newer:
            stored = self.post(path, payment, 201)
        else:
            # The dict as the body, the signature beside it.
            query = {"signature": payment["signature"]}
            stored = self.post(path, payment["transaction_data"], 201, params=query)
        receipt = stored["receipt"]
        assert receipt["version"] == "1.0" and receipt["type"] == "offline_payment_receipt"
        others = {key: value for key, value in receipt.items() if key != "receipt_hash"}
        spaced = json.dumps(others, sort_keys=True).encode()
        assert receipt["receipt_hash"] == hashlib.sha256(spaced).hexdigest(), receipt
        return stored

    def link(self, payment):
        """The next entry of the device's own chain."""
        previous, sequence = self.head
        canonical = json.dumps(payment["transaction_data"], sort_keys=True)
        entry = hashlib.sha256(f"{previous}|{canonical}".encode()).hexdigest()
        self.head = (entry, sequence + 1)
        return {
            **payment,
            "device_fingerprint": self.fingerprint,
            "ledger_prev_hash": previous,
            "ledger_entry_hash": entry,
            "ledger_sequence": sequence,
            "integrity_canonical_json": canonical,
        }

    def sync(self, items):
        answer = self.post(self.generation.paths["sync"], {"transactions": items})
        assert len(answer["results"]) == len(items), answer
        assert answer["total_synced"] == len(answer["synced"]), answer
        assert answer["total_failed"] == len(answer["failed"]), answer
        return answer

    def attest(self, payment, payer):
        data = payment["transaction_data"]
        said = {
            "amount": data["amount"],
            "currency": data["currency"],
            "direction": "RECEIVED",
            "nonce": data["nonce"],
            "payee_id": self.offline["user_id"],
            "payer_id": payer.offline["user_id"],
            "receiver_wallet_id": self.offline["id"],
            "timestamp": data["timestamp"],
            "tx_id": f"tx-{data['nonce']}",
        }
        return {"transaction_data": said, "signature": sign(self.key, self.text(said, ATTESTED))}

    def verify(self, receipt, signature, public_key):
        body = {"receipt_data": receipt, "signature": signature, "sender_public_key": public_key}
        # Nobody is signed in: the route is public.
        answer = requests.post(self.url + self.generation.paths["verify"], json=body, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()


def play(url, generation):
    payer, payee = Person(url, generation, "Ayesha"), Person(url, generation, "Bilal")
    for person in (payer, payee):
        person.sign_up()
        person.log_in()
        person.refresh()
        person.open_wallets()
    payer.fetch_key()
    # The payee of the older generation keeps the key made for it, the newer one brings its own.
    payee.replace_key() if generation.newer else payee.fetch_key()
    me = payer.me()
    assert me["deviceLedgerPrevHash"] == GENESIS and me["deviceLedgerNextSequence"] == 1, me

    payer.top_up("3000")
    payer.preload("2000")
    qr = payee.show_qr()
    payer.refusals(qr)

    naive, zoned, epoch = generation.times()
    payments = [
        payer.pay(qr, "500", naive),
        payer.pay(qr, "250.50", zoned),
        payer.pay_alone(qr, "100", epoch),
    ]
    stored = [payer.store(payment) for payment in payments]
    again = payer.store(payments[0])
    assert again["receipt"] == stored[0]["receipt"], again

    spoiled = {**payments[0], "transaction_data": dict(payments[0]["transaction_data"])}
    spoiled["transaction_data"]["amount"] = generation.amount("999")
    spoiled["transaction_data"]["nonce"] = secrets.token_hex(16)
    partial = {"transaction_data": {"amount": "1.00"}, "signature": payments[0]["signature"]}
    linked = [payer.link(payment) for payment in payments]
    first = payer.sync([*linked, spoiled, partial])
    second = payer.sync(linked)
    me = payer.me()
    assert (me["deviceLedgerPrevHash"], me["deviceLedgerNextSequence"]) == payer.head, me

    # The payee hands in what it received: its own attestation, and the payer's payment as well.
    theirs = payee.sync([payee.attest(payments[0], payer), payments[0]])
    attested_again = payee.sync([payee.attest(payments[0], payer)])

    ids = [result["transaction_id"] for result in first["results"][:3]]
    confirmed = payee.post(generation.paths["confirm"] % ids[0], {})
    own = payer.post(generation.paths["confirm"] % ids[0], {})
    payer.post(generation.paths["confirm"] % 999999999, {}, 404)

    listed = payer.get(generation.paths["list"], params={"limit": 50})
    only = payer.get(generation.paths["list"], params={"status_filter": "confirmed"})
    receipt = json.loads(listed[-1]["receipt_data"])
    public = payer.offline["public_key"]
    good = payer.verify(stored[0]["receipt"], payments[0]["signature"], public)
    same = payer.verify(receipt, receipt["signature"], public)
    raised = {**stored[0]["receipt"], "amount": generation.amount("9999")}
    forged = payer.verify(raised, payments[0]["signature"], public)
    other = payer.verify(stored[0]["receipt"], payments[0]["signature"], payee.public_pem())

    return {
        "first": first,
        "second": second,
        "payee": theirs,
        "attested_again": attested_again,
        "confirmed": confirmed,
        "confirmed_by_payer": own,
        "listed": listed,
        "only_confirmed": only,
        "history": payer.get(generation.paths["history"], params={"limit": 10}),
        "payee_history": payee.get(generation.paths["history"]),
        "verified": {"good": good, "same": same, "forged": forged, "other_key": other},
        "local_balances": [each["local_balance"] for each in stored],
        "payer": payer.me(),
        "payee_me": payee.me(),
        "payee_current": payee.get(f"/api/v1/wallets/{payee.current['id']}"),
        "payer_offline": payer.get(f"/api/v1/wallets/{payer.offline['id']}"),
        "signatures": [payment["signature"] for payment in payments],
    }


if __name__ == "__main__":
    print(json.dumps(play(sys.argv[1].rstrip("/"), Generation(sys.argv[2]))))
