"""What Frappe reads about the app."""

app_name = "call_ribbon"
app_title = "Call Ribbon"
app_publisher = "Call Ribbon"
app_description = "A calling bar on leads, deals and contacts"
app_email = "support@example.com"
app_license = "MIT OR Apache-2.0"

# The desk of Frappe and ERPNext.
app_include_js = ["/assets/call_ribbon/js/call_ribbon.js"]
# Frappe CRM's own pages under /crm.
after_request = ["call_ribbon.pages.add_script"]
