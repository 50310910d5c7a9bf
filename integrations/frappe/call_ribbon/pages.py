"""Puts the script of the app into Frappe CRM's pages, which know no `app_include_js`."""

SCRIPT = b'<script src="/assets/call_ribbon/js/call_ribbon.js"></script></body>'


def add_script(response=None, request=None):
    """Adds the script to HTML pages under /crm."""
    if response is None or request is None:
        return
    is_page = request.path == "/crm" or request.path.startswith("/crm/")
    if not is_page or response.mimetype != "text/html" or response.direct_passthrough:
        return
    page = response.get_data()
    if SCRIPT not in page:
        response.set_data(page.replace(b"</body>", SCRIPT, 1))
