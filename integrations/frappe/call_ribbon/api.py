"""What pages and the call server ask this app."""

import json
import time

import frappe
from frappe import _

from call_ribbon.call_log import RECORDS, handle_message
from call_ribbon.signature import is_signed

MOST_BYTES = 1024 * 1024
NUMBERS = ("mobile_no", "phone")


@frappe.whitelist()
def get_page_settings():
    """Returns what a page needs to show the ribbon; nothing to users who may not call."""
    settings = frappe.get_cached_doc("Call Ribbon Settings")
    roles = {row.strip() for row in (settings.roles or "").splitlines() if row.strip()}
    if not settings.enabled or (roles and not roles.intersection(frappe.get_roles())):
        return {"enabled": False}
    return {
        "enabled": True,
        "serverUrl": settings.server_url,
        "apiKey": settings.api_key,
        "agentId": frappe.session.user,
        "agentName": frappe.utils.get_fullname(),
        "position": (settings.position or "Bottom").lower(),
    }


@frappe.whitelist()
def get_customer(doctype, name):
    """Returns a lead, deal or contact as the ribbon's customer, if the user may read it."""
    if doctype not in RECORDS:
        frappe.throw(_("doctype must be one of {0}").format(", ".join(RECORDS)))
    doc = frappe.get_doc(doctype, name)
    doc.check_permission("read")
    number = next((doc.get(field) for field in NUMBERS if doc.get(field)), None)
    context = {field: doc.get(field) for field in ("status", "organization", "source", "territory", "deal_owner", "lead_owner")}
    return {
        "customerId": f"{doctype}:{name}",
        "name": doc.get("lead_name") or doc.get("full_name") or doc.get("organization") or name,
        "phoneNumber": number,
        "email": doc.get("email") or doc.get("email_id") or None,
        "callType": "sales",
        "context": {field: value for field, value in context.items() if value},
    }


@frappe.whitelist(allow_guest=True, methods=["POST"])
def webhook():
    """Receives webhooks of Call Ribbon: /api/method/call_ribbon.api.webhook"""
    settings = frappe.get_cached_doc("Call Ribbon Settings")
    body = frappe.request.get_data(cache=True)
    key = settings.get_password("webhook_key", raise_exception=False)
    if not settings.enabled or len(body) > MOST_BYTES or not is_signed(key, frappe.request.headers, body, time.time()):
        frappe.local.response["http_status_code"] = 401
        return None
    handle_message(json.loads(body))
    frappe.db.commit()
    return "ok"
