"""Receives webhooks of Call Ribbon: WEBHOOK_KEY=whsec_… PORT=9000 python3 receiver.py"""

import base64
import hashlib
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = base64.b64decode(os.environ["WEBHOOK_KEY"].removeprefix("whsec_"))
# In production a unique column of your database, written in the transaction of the effect.
SEEN = set()


def is_signed(headers, body):
    message_id = headers.get("webhook-id", "")
    sent_at = headers.get("webhook-timestamp", "")
    # An old message may have been recorded and sent again by someone else.
    if not sent_at.isdigit() or abs(time.time() - int(sent_at)) > 300:
        return False
    signed = hmac.new(KEY, f"{message_id}.{sent_at}.".encode() + body, hashlib.sha256)
    right = "v1," + base64.b64encode(signed.digest()).decode()
    signatures = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(one.encode(), right.encode()) for one in signatures)


def handle(message):
    print(message["type"], message["data"].get("callSid", ""), flush=True)


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        status = 401
        if is_signed(self.headers, body):
            status = 204
            message_id = self.headers["webhook-id"]
            if message_id not in SEEN:
                handle(json.loads(body))
                SEEN.add(message_id)
        self.send_response(status)
        if status != 204:
            self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", 9000))), Receiver).serve_forever()
