"""Receives khabar's records: checks the signature, keeps each record once, answers when it is on the disk."""

import base64
import hashlib
import hmac
import json
import os
import sqlite3
import time

from fastapi import FastAPI, HTTPException, Request

# The secret that both sides share. `whsec_` marks base64, as Standard Webhooks writes a secret.
SECRET = base64.b64decode(os.environ["KHABAR_WEBHOOK_SECRET"].removeprefix("whsec_"))
OLDEST_S = 300  # an older message may be a copy that somebody recorded

app = FastAPI()
db = sqlite3.connect("records.sqlite", isolation_level=None)  # each statement is a transaction
db.execute("CREATE TABLE IF NOT EXISTS records (id TEXT PRIMARY KEY, title TEXT, record TEXT NOT NULL)")


def is_signed(headers: dict[str, str], body: bytes, *, now_s: float) -> bool:
    """Whether one of the signatures is made with our secret, over exactly this body, a moment ago."""
    name, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not sent_at.isdecimal() or abs(now_s - int(sent_at)) > OLDEST_S:
        return False
    digest = hmac.digest(SECRET, f"{name}.{sent_at}.".encode() + body, hashlib.sha256)
    expected = "v1," + base64.b64encode(digest).decode()
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(expected.encode(), each.encode()) for each in given)


@app.post("/records", status_code=204)
async def receive(request: Request) -> None:
    """Take one CloudEvent. The answer 2xx is a promise: khabar never sends this record again."""
    body = await request.body()
    if not is_signed(dict(request.headers), body, now_s=time.time()):
        raise HTTPException(401, "the signature is wrong or too old")
    event = json.loads(body)
    record = event["data"]
    # After a crash a record may come again. Its id is the same then, so the row is there once.
    row = (event["id"], record["article"]["title"], json.dumps(record, ensure_ascii=False))
    db.execute("INSERT OR IGNORE INTO records VALUES (?, ?, ?)", row)
