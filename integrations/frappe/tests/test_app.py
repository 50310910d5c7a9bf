"""Tests what the app does with messages: python3 -m unittest, in this folder."""

import base64
import hashlib
import hmac
import unittest

from stand_in import DOCS

from call_ribbon.call_log import handle_message
from call_ribbon.signature import is_signed

KEY = "whsec_" + base64.b64encode(b"a key of the tests, which is long").decode()
NOW = 1_760_265_008


def sign(body, key=KEY, at=NOW):
    secret = base64.b64decode(key.removeprefix("whsec_"))
    signed = hmac.new(secret, f"log_1.{at}.".encode() + body, hashlib.sha256).digest()
    return {"webhook-id": "log_1", "webhook-timestamp": str(at), "webhook-signature": "v1," + base64.b64encode(signed).decode()}


def event(kind, **data):
    return {"type": f"call.{kind}", "data": {"sessionId": "ses_1", "phoneNumber": "+919900097011", "callDirection": "outbound", "timestamp": "2026-11-29T10:00:00Z", **data}}


class Signature(unittest.TestCase):
    def test_only_what_was_signed_lately_with_the_key_is_taken(self):
        body = b'{"type": "test"}'
        right = sign(body)
        self.assertTrue(is_signed(KEY, right, body, NOW + 299))
        self.assertTrue(is_signed(KEY, {**right, "webhook-signature": "v1,AAAA " + right["webhook-signature"]}, body, NOW))
        self.assertFalse(is_signed(KEY, right, body + b" ", NOW))
        self.assertFalse(is_signed(KEY, right, body, NOW + 301))
        self.assertFalse(is_signed(KEY, right, body, NOW - 301))
        other = "whsec_" + base64.b64encode(b"another key, which is long enough").decode()
        self.assertFalse(is_signed(other, right, body, NOW))
        for name in right:
            self.assertFalse(is_signed(KEY, {**right, name: ""}, body, NOW), name)
        for time in ["²", "-1", "soon", "1e9"]:
            self.assertFalse(is_signed(KEY, {**right, "webhook-timestamp": time}, body, NOW), time)
        self.assertFalse(is_signed(KEY, {**right, "webhook-signature": "v1,ü"}, body, NOW))
        for key in [None, "", "whsec_", "whsec_%%%"]:
            self.assertFalse(is_signed(key, right, body, NOW), key)


class CallLog(unittest.TestCase):
    def setUp(self):
        for docs in DOCS.values():
            docs.clear()
        DOCS["CRM Lead"]["CRM-LEAD-1"] = {"lead_name": "Asha Rao"}
        DOCS["User"]["meera@example.com"] = {"full_name": "Meera Nair"}
        self.customer = {"customerId": "CRM Lead:CRM-LEAD-1", "name": "Asha Rao"}

    def test_a_call_and_its_notes_are_written_once_however_often_they_come(self):
        ended = {"status": "completed", "duration": 71, "endTime": "2026-11-29T10:01:20Z"}
        notes = {"type": "notes.saved", "data": {**event("x", **ended, agentId="meera@example.com", customerData=self.customer)["data"], "notes": "Pays <soon>\nor later", "disposition": "promise_to_pay", "followUp": {"at": "2026-12-01T09:00:00Z", "note": "Ask"}}}
        messages = [
            event("dialing", agentId="meera@example.com", customerData=self.customer),
            event("connected", agentId="meera@example.com", customerData=self.customer),
            event("callEnded", **ended, agentId="meera@example.com", customerData=self.customer),
            notes,
        ]
        for message in [*messages, *messages, messages[1]]:
            handle_message(message)
        self.assertEqual(list(DOCS["CRM Call Log"]), ["ses_1"])
        log = DOCS["CRM Call Log"]["ses_1"]
        self.assertEqual((log["type"], log["status"], log["duration"], log["caller"]), ("Outgoing", "Completed", 71, "meera@example.com"))
        self.assertEqual((log["from"], log["to"]), ("meera@example.com", "+919900097011"))
        self.assertEqual((log["reference_doctype"], log["reference_docname"]), ("CRM Lead", "CRM-LEAD-1"))
        # In the site's zone.
        self.assertEqual(str(log["start_time"]), "2026-11-29 15:30:00")
        self.assertEqual(len(DOCS["FCRM Note"]), 1)
        note = DOCS["FCRM Note"][log["note"]]
        self.assertEqual(note["content"], "Promise to pay<br>Pays &lt;soon&gt;<br>or later<br>Follow up: 2026-12-01T09:00:00Z Ask")
        notes["data"]["notes"] = "Has paid"
        handle_message(notes)
        self.assertEqual(len(DOCS["FCRM Note"]), 1)
        self.assertIn("Has paid", DOCS["FCRM Note"][log["note"]]["content"])

    def test_a_call_of_somebody_unknown_is_written_without_links(self):
        handle_message(event("incoming", callDirection="inbound", agentId="somebody", phoneNumber="", customerData={"customerId": "User:Administrator"}))
        handle_message(event("callEnded", callDirection="inbound", status="missed", duration=0, customerData=None))
        log = DOCS["CRM Call Log"]["ses_1"]
        self.assertEqual((log["type"], log["status"], log["from"], log["to"], log["receiver"]), ("Incoming", "No Answer", "Unknown", "somebody", None))
        self.assertNotIn("reference_doctype", log)

    def test_other_messages_change_nothing(self):
        for message in [{"type": "test", "data": "A test."}, {"type": "decision.refused", "data": {}}, {"type": "call.dtmf"}, {}]:
            handle_message(message)
        self.assertEqual(DOCS["CRM Call Log"], {})


if __name__ == "__main__":
    unittest.main()
