"""Writes calls and their notes into Frappe CRM: `CRM Call Log` and `FCRM Note`."""

import html
from datetime import datetime

import frappe
from frappe.utils import convert_utc_to_system_timezone

STATUS = {
    "active": "In Progress",
    "completed": "Completed",
    "missed": "No Answer",
    "no_answer": "No Answer",
    "busy": "Busy",
    "failed": "Failed",
    "abandoned": "Canceled",
}
EVENT_STATUS = {
    "initiated": "Initiated",
    "dialing": "Initiated",
    "incoming": "Ringing",
    "ringing": "Ringing",
    "connected": "In Progress",
}
# In the order in which a call passes through them: a message that comes again takes nothing back.
PROGRESS = ["Queued", "Initiated", "Ringing", "In Progress"]
RECORDS = ("CRM Lead", "CRM Deal", "Contact")


def handle_message(message):
    """Handles one webhook. Handling it twice has the effect of once."""
    kind, data = message.get("type") or "", message.get("data") or {}
    if kind.startswith("call.") and data.get("sessionId"):
        save_call(kind.removeprefix("call."), data)
    elif kind == "notes.saved" and data.get("sessionId"):
        save_notes(data)


def save_call(event, data):
    log, is_new = find_or_make_log(data)
    status = STATUS.get(data.get("status") or "") if event == "callEnded" else EVENT_STATUS.get(event)
    if status and may_follow(log.status, status):
        log.status = status
    if event == "callEnded":
        log.duration = data.get("duration") or 0
        log.end_time = to_local(data.get("endTime") or data.get("timestamp"))
    insert_or_save(log, is_new)


def save_notes(call):
    log, is_new = find_or_make_log(call)
    if call.get("endTime"):
        log.status = STATUS.get(call.get("status") or "", log.status)
        log.duration = call.get("duration") or 0
        log.end_time = to_local(call.get("endTime"))
    insert_or_save(log, is_new)
    words = [(call.get("disposition") or "").replace("_", " ").capitalize(), call.get("notes") or ""]
    text = "<br>".join(html.escape(word).replace("\n", "<br>") for word in words if word)
    follow_up = call.get("followUp") or {}
    if follow_up.get("at"):
        text += "<br>Follow up: " + html.escape(" ".join([follow_up["at"], follow_up.get("note") or ""]).strip())
    note = frappe.get_doc("FCRM Note", log.note) if log.note else frappe.new_doc("FCRM Note")
    note.title = f"Call with {other_side(log)}"
    note.content = text
    note.reference_doctype = log.reference_doctype
    note.reference_docname = log.reference_docname
    if log.note:
        note.save(ignore_permissions=True)
    elif text:
        note.insert(ignore_permissions=True)
        log.note = note.name
        log.save(ignore_permissions=True)


def find_or_make_log(data):
    """Returns the call log of a session, and whether it is new."""
    session_id = data["sessionId"]
    if frappe.db.exists("CRM Call Log", session_id):
        return frappe.get_doc("CRM Call Log", session_id), False
    incoming = data.get("callDirection") == "inbound"
    agent = data.get("agentId")
    user = agent if agent and frappe.db.exists("User", agent) else None
    log = frappe.new_doc("CRM Call Log")
    log.id = session_id
    log.type = "Incoming" if incoming else "Outgoing"
    log.status = "Ringing" if incoming else "Initiated"
    number = data.get("phoneNumber") or "Unknown"
    # `from` is a word of Python.
    log.set("from", number if incoming else agent or "Unknown")
    log.to = (agent or "Unknown") if incoming else number
    log.set("receiver" if incoming else "caller", user)
    log.telephony_medium = "Manual"
    log.medium = "Call Ribbon"
    log.start_time = to_local(data.get("startTime") or data.get("timestamp"))
    link(log, data.get("customerData") or {})
    return log, True


def link(log, customer):
    """Links a call with the record that the page named, as `CRM Lead:CRM-LEAD-2026-00001`."""
    doctype, _, name = str(customer.get("customerId") or "").partition(":")
    if doctype in RECORDS and frappe.db.exists(doctype, name):
        log.reference_doctype, log.reference_docname = doctype, name


def may_follow(old, new):
    if old not in PROGRESS:
        return False
    return new not in PROGRESS or PROGRESS.index(new) >= PROGRESS.index(old)


def insert_or_save(log, is_new):
    if is_new:
        log.insert(ignore_permissions=True)
    else:
        log.save(ignore_permissions=True)


def other_side(log):
    return log.get("from") if log.type == "Incoming" else log.to


def to_local(time):
    """Turns a time of the server's, RFC 3339 in UTC, into Frappe's: the site's zone, without it."""
    if not time:
        return None
    moment = datetime.fromisoformat(time.replace("Z", "+00:00"))
    return convert_utc_to_system_timezone(moment).replace(tzinfo=None, microsecond=0)
