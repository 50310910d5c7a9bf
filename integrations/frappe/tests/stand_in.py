"""Stands in for Frappe: as much of its Python API as the app uses, with documents in memory.

Documents have the fields of Frappe CRM's own doctypes, and refuse others, missing ones and options that do not exist.
"""

import sys
import types
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

FIELDS = {
    "CRM Call Log": "id from status duration medium start_time reference_doctype reference_docname to type receiver caller "
    "recording_url end_time note telephony_medium",
    "FCRM Note": "title content reference_doctype reference_docname",
    "CRM Lead": "lead_name mobile_no phone email status organization source territory lead_owner",
    "CRM Deal": "organization mobile_no phone email status source territory deal_owner",
    "Contact": "full_name mobile_no phone email_id status",
    "User": "full_name",
    "Call Ribbon Settings": "enabled server_url api_key position roles webhook_key",
}
REQUIRED = {"CRM Call Log": ["id", "from", "to", "status", "type"], "FCRM Note": ["title"]}
OPTIONS = {
    ("CRM Call Log", "status"): ["Initiated", "Ringing", "In Progress", "Completed", "Failed", "Busy", "No Answer", "Queued", "Canceled"],
    ("CRM Call Log", "type"): ["Incoming", "Outgoing"],
    ("CRM Call Log", "telephony_medium"): [None, "", "Manual", "Twilio", "Exotel", "Yeastar"],
}
LINKS = {("CRM Call Log", "note"): "FCRM Note", ("CRM Call Log", "receiver"): "User", ("CRM Call Log", "caller"): "User"}
DOCS = {doctype: {} for doctype in FIELDS}


class ValidationError(Exception):
    pass


class PermissionError(Exception):
    pass


class Document:
    def __init__(self, doctype, values=None, name=None):
        self.__dict__.update(doctype=doctype, name=name, values={})
        for field, value in (values or {}).items():
            self.set(field, value)

    def __getattr__(self, field):
        if field.startswith("_") or field not in FIELDS[self.doctype].split():
            raise AttributeError(f"{self.doctype} has no field {field}")
        return self.values.get(field)

    def __setattr__(self, field, value):
        if field == "name":
            self.__dict__["name"] = value
        else:
            self.set(field, value)

    def set(self, field, value):
        if field not in FIELDS[self.doctype].split():
            raise AttributeError(f"{self.doctype} has no field {field}")
        self.values[field] = value

    def get(self, field):
        return self.values.get(field)

    def get_password(self, field, raise_exception=True):
        return self.values.get(field)

    def check_permission(self, kind):
        if kind != "read" or frappe.session.user == "Guest":
            raise PermissionError

    def insert(self, ignore_permissions=False):
        self.name = self.values.get("id") or self.name or f"{self.doctype}-{len(DOCS[self.doctype]) + 1}"
        if self.name in DOCS[self.doctype]:
            raise ValidationError(f"{self.doctype} {self.name} is there already")
        return self.save()

    def save(self, ignore_permissions=False):
        for field in REQUIRED.get(self.doctype, []):
            if not self.values.get(field):
                raise ValidationError(f"{self.doctype}: {field} is missing")
        for field, value in self.values.items():
            if value not in OPTIONS.get((self.doctype, field), [value]):
                raise ValidationError(f"{self.doctype}: {field} cannot be {value}")
            linked = LINKS.get((self.doctype, field))
            if linked and value and value not in DOCS[linked]:
                raise ValidationError(f"{self.doctype}: {field}: there is no {linked} {value}")
        if hasattr(self, "validate"):
            self.validate()
        DOCS[self.doctype][self.name] = dict(self.values)
        return self


def get_doc(doctype, name=None):
    if name not in DOCS[doctype]:
        raise ValidationError(f"{doctype} {name} not found")
    return Document(doctype, DOCS[doctype][name], name)


def throw(sentence, *_, **__):
    raise ValidationError(sentence)


def whitelist(allow_guest=False, methods=None):
    def mark(function):
        function.allowed = {"guest": allow_guest, "methods": methods or ["GET", "POST"]}
        return function

    return mark


def module(name, **members):
    made = types.ModuleType(name)
    made.__dict__.update(members)
    sys.modules[name] = made
    return made


utils = module(
    "frappe.utils",
    get_fullname=lambda: DOCS["User"].get(frappe.session.user, {}).get("full_name"),
    # The site's zone is India's.
    convert_utc_to_system_timezone=lambda time: time.astimezone(__import__("zoneinfo").ZoneInfo("Asia/Kolkata")),
)
module("frappe.model", document=module("frappe.model.document", Document=Document))
frappe = module(
    "frappe",
    _=lambda text: text,
    db=types.SimpleNamespace(exists=lambda doctype, name: name if name in DOCS.get(doctype, {}) else None, commit=lambda: None),
    get_cached_doc=lambda doctype: get_doc(doctype, doctype),
    get_doc=get_doc,
    get_roles=lambda: ["Sales User"],
    local=types.SimpleNamespace(response={}),
    new_doc=Document,
    request=None,
    session=types.SimpleNamespace(user="Guest"),
    throw=throw,
    utils=utils,
    whitelist=whitelist,
)
