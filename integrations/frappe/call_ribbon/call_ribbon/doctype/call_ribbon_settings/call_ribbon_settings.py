"""The settings page of the app."""

import base64
import binascii

import frappe
from frappe import _
from frappe.model.document import Document


class CallRibbonSettings(Document):
    def validate(self):
        self.server_url = (self.server_url or "").strip().rstrip("/")
        if not self.enabled:
            return
        if not self.server_url.startswith(("https://", "http://localhost", "http://127.0.0.1")):
            frappe.throw(_("Server URL must begin with https://"))
        if not (self.api_key or "").strip():
            frappe.throw(_("API key is missing: make one without the scope read in the dashboard of Call Ribbon"))
        key = self.get_password("webhook_key", raise_exception=False)
        if key and not is_key(key):
            frappe.throw(_("Webhook key must be the receiver's key, which begins with whsec_"))


def is_key(key):
    try:
        return key.startswith("whsec_") and len(base64.b64decode(key.removeprefix("whsec_"), validate=True)) >= 24
    except (binascii.Error, ValueError):
        return False
