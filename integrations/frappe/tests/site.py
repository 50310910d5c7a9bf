"""A site with the app on the stand-in for Frappe: its pages, its methods and its doctype API."""

import json
import os
import types
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import stand_in
from stand_in import DOCS, frappe

from call_ribbon import api, pages
from call_ribbon.call_ribbon.doctype.call_ribbon_settings.call_ribbon_settings import CallRibbonSettings

HERE = Path(__file__).parent.parent
SCRIPT = HERE / "call_ribbon/public/js/call_ribbon.js"
SETTINGS = "Call Ribbon Settings"
USER = "meera@example.com"

DOCS["User"][USER] = {"full_name": "Meera Nair"}
DOCS[SETTINGS][SETTINGS] = {"enabled": 0}
DOCS["CRM Lead"]["CRM-LEAD-2026-00001"] = {"lead_name": "Asha Rao", "mobile_no": "+91 99000 97011", "status": "New", "source": "Website"}
DOCS["CRM Deal"]["CRM-DEAL-2026-00001"] = {"organization": "Sharma Textiles", "mobile_no": "+919900097012", "status": "Demo"}
DOCS["Contact"]["Emily Carter"] = {"full_name": "Emily Carter", "mobile_no": "+919900097013"}

CRM = '<!doctype html><html><body><h1>{name}</h1><a href="tel:{number}">{number}</a></body></html>'
DESK = (
    '<!doctype html><html><body><h1>{name}</h1><div data-fieldname="mobile_no"><input value="{number}"></div>'
    '<script src="/assets/call_ribbon/js/call_ribbon.js"></script></body></html>'
)
PAGES = {"/crm/leads/": ("CRM Lead", CRM), "/crm/deals/": ("CRM Deal", CRM), "/app/crm-lead/": ("CRM Lead", DESK), "/app/contact/": ("Contact", DESK)}


class Page:
    """A response, as Frappe's `after_request` receives it."""

    mimetype, direct_passthrough = "text/html", False

    def __init__(self, text):
        self.data = text.encode()

    def get_data(self):
        return self.data

    def set_data(self, data):
        self.data = data


class Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = unquote(urlsplit(self.path).path)
        if path == "/assets/call_ribbon/js/call_ribbon.js":
            return self.answer(200, SCRIPT.read_bytes(), "text/javascript")
        for begin, (doctype, template) in PAGES.items():
            if path.startswith(begin) and path.removeprefix(begin) in DOCS[doctype]:
                name = path.removeprefix(begin)
                page = Page(template.format(name=name, number=DOCS[doctype][name]["mobile_no"]))
                pages.add_script(page, types.SimpleNamespace(path=path))
                return self.answer(200, page.data, "text/html")
        return self.call(path, "GET", b"")

    def do_POST(self):
        self.call(unquote(urlsplit(self.path).path), "POST", self.rfile.read(int(self.headers.get("content-length", 0))))

    do_PUT = do_POST

    def call(self, path, method, body):
        # A page of the site is its user's; whatever else asks is a guest.
        frappe.session.user = USER if "sec-fetch-site" in self.headers else "Guest"
        frappe.local.response = {}
        frappe.request = types.SimpleNamespace(headers=self.headers, get_data=lambda cache=True: body)
        try:
            if path.startswith("/api/method/call_ribbon.api."):
                function = getattr(api, path.rsplit(".", 1)[1])
                allowed = function.allowed
                if method not in allowed["methods"] or (frappe.session.user == "Guest" and not allowed["guest"]):
                    return self.answer(403, b"{}")
                arguments = {} if body else dict(parse_qsl(urlsplit(self.path).query))
                message = function(**arguments)
                status = frappe.local.response.get("http_status_code", 200)
                return self.answer(status, json.dumps({"message": message}).encode())
            if not path.startswith("/api/resource/"):
                return self.answer(404, b"{}")
            doctype, *rest = path.removeprefix("/api/resource/").split("/")
            if body:
                settings = CallRibbonSettings(doctype, json.loads(body), rest[0])
                settings.save()
            shown = DOCS[doctype].get(rest[0]) if rest else list(DOCS[doctype].values())
            return self.answer(200, json.dumps({"data": shown}, default=str).encode())
        except (stand_in.ValidationError, stand_in.PermissionError) as error:
            return self.answer(417, json.dumps({"exception": str(error)}).encode())

    def answer(self, status, body, kind="application/json"):
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", 0))), Site)
print(f"ready at http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
