"""Checks the signatures of webhooks, as Standard Webhooks says."""

import base64
import binascii
import hashlib
import hmac

# Older messages may have been recorded and sent again by someone else.
OLDEST_SECONDS = 300


def is_signed(key, headers, body, now):
    """Whether `body` (bytes) was signed with `key` (`whsec_…`) within five minutes of `now` (seconds)."""
    message_id = headers.get("webhook-id") or ""
    sent_at = headers.get("webhook-timestamp") or ""
    if not message_id or not (sent_at.isascii() and sent_at.isdigit()):
        return False
    if abs(now - int(sent_at)) > OLDEST_SECONDS:
        return False
    try:
        secret = base64.b64decode((key or "").removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return False
    if not secret:
        return False
    signed = hmac.new(secret, f"{message_id}.{sent_at}.".encode() + body, hashlib.sha256).digest()
    right = b"v1," + base64.b64encode(signed)
    # While a key is exchanged, a message has two signatures.
    given = (headers.get("webhook-signature") or "").split(" ")
    return any(hmac.compare_digest(one.encode(), right) for one in given)
