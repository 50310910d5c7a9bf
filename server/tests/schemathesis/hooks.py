"""What the document cannot say, for schemathesis: which ids and secrets are there."""

import atexit
import collections
import contextlib
import itertools
import json
import os
import urllib.error
import urllib.parse
import urllib.request

import schemathesis

URL = os.environ["CALL_RIBBON_URL"]
# The client whose key the run itself uses. Changed, it would refuse all that follows.
OWN_CLIENT = "client-demo"
ADMIN = f"/api/admin/clients/{OWN_CLIENT}"
PASSWORD = "correct horse battery staple"
# Sign-ins with a right password; each address may try only so often.
SIGN_INS = 6
# The most characters of a query. The document's limits are for each parameter, and a server reads
# only so much of a header.
LONGEST_QUERY = 4000
NUMBERS = itertools.count(1)
# How often each operation was answered with each status, for `cargo xtask schemathesis`.
STATUSES = collections.Counter()
# The things that were made for an operation, by its id.
MADE = collections.Counter()


def ask(method, path, body=None, key=None, token=os.environ["CALL_RIBBON_ADMIN_TOKEN"]):
    """Asks the server beside the run, as the operator or with a key; returns the answer."""
    headers = {"Content-Type": "application/json"}
    headers |= {"X-API-Key": key} if key else {"Authorization": f"Bearer {token}"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, method=method, data=data, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or "null")


def own(**parameters):
    return {"clientId": OWN_CLIENT, **parameters}


def make_agent():
    agent = ask("POST", f"{ADMIN}/agents", {"agentId": f"made-{next(NUMBERS)}"})
    return own(agentId=agent["agentId"])


def make_person():
    email = f"made-{next(NUMBERS)}@example.com"
    body = {"email": email, "name": "Asha Rao", "role": "viewer", "password": PASSWORD}
    return ask("POST", f"{ADMIN}/people", body)


def make_account():
    body = {"provider": "simulator", "name": f"made {next(NUMBERS)}"}
    return ask("POST", f"{ADMIN}/providers", body)


def make_webhook():
    address = urllib.parse.urlsplit(make_account()["webhookUrl"]).path.split("/")
    return {"provider": address[-2], "secret": address[-1]}


def make_key(kind):
    return own(keyId=ask("POST", f"{ADMIN}/{kind}", {})["keyId"])


def make_customer():
    customer = f"made-{next(NUMBERS)}"
    data = {"callSid": customer, "phoneNumber": "+919876543210"}
    data["customerData"] = {"customerId": customer, "context": {"daysOverdue": 30}}
    body = {"event": "callEnded", "data": data}
    ask("POST", "/api/ribbon/log-call", body, key=os.environ["CALL_RIBBON_API_KEY"])
    return own(customerId=customer)


def make_call(incoming=False):
    """Makes a call that is there for some seconds."""
    path, body = "/api/ribbon/calls", {"to": "+919876543210"}
    if incoming:
        path, body = "/api/ribbon/simulator/incoming", {"from": "+919876543210", "agentId": "agent1"}
    call = ask("POST", path, body, key=os.environ["CALL_RIBBON_API_KEY"])
    return {"sessionId": call["sessionId"]}


def make_client():
    body = {"name": f"made {next(NUMBERS)}", "plan": "trial"}
    return {"clientId": ask("POST", "/api/admin/clients", body)["clientId"]}


def make_handle():
    key = ask("POST", f"{ADMIN}/keys", {"numbers": "masked"})["apiKey"]
    calls = ask("GET", "/api/ribbon/calls?list=all&limit=1", key=key)["calls"]
    return {"handle": calls[0]["phoneNumberHandle"], "reason": "A test of the document"}


def sign_in():
    body = {"email": make_person()["email"], "password": PASSWORD}
    return ask("POST", "/api/admin/sign-in", body)["token"]


def make_incoming():
    # Only so many may ring at once.
    try:
        return make_call(incoming=True)
    except urllib.error.HTTPError:
        return {}


# What an operation needs that only another one gives: path parameters.
PATHS = {
    "answerCall": make_incoming,
    "hangUpCall": make_call,
    "holdCall": make_call,
    "muteCall": make_call,
    "sendDigit": make_call,
    "changeClient": make_client,
    "suspendClient": make_client,
    "changeAgent": make_agent,
    "removeAgent": make_agent,
    "changePerson": lambda: own(personId=make_person()["personId"]),
    "removePerson": lambda: own(personId=make_person()["personId"]),
    "changeProvider": lambda: own(accountId=make_account()["accountId"]),
    "removeProvider": lambda: own(accountId=make_account()["accountId"]),
    "changeWebhookSecret": lambda: own(accountId=make_account()["accountId"]),
    "revokeKey": lambda: make_key("keys"),
    "revokeDialerKey": lambda: make_key("dialer-keys"),
    "removeAgentTokenKey": lambda: make_key("agent-token-keys"),
    "eraseCustomer": make_customer,
    "providerTold": make_webhook,
    "providerToldByGet": make_webhook,
    "leadFromDialerByAddress": lambda: {"dialerKey": os.environ["CALL_RIBBON_DIALER_API_KEY"]},
    "leadFromDialerByGet": lambda: {"dialerKey": os.environ["CALL_RIBBON_DIALER_API_KEY"]},
}
# The same: bodies.
BODIES = {
    "revealNumber": make_handle,
    "signIn": lambda: {"email": make_person()["email"], "password": PASSWORD},
    "beginSession": lambda: {"email": make_person()["email"], "password": PASSWORD},
    "changePassword": lambda: {"current": PASSWORD, "new": f"{PASSWORD} {next(NUMBERS)}"},
}
# Operations of a person who is signed in, not of the operator.
OF_PEOPLE = ("signOut", "changePassword")


@schemathesis.hook
def after_load_schema(context, schema):
    """Lets that client start more calls than its plan has, or most starts would be refused."""
    ask("PATCH", ADMIN, {"limit": 1_000_000_000})
    # There is a call with the field that the examples count by.
    make_customer()


def operation_id(case):
    return case.operation.definition.raw.get("operationId", case.operation.label)


def give_what_is_there(case, kwargs):
    """Puts what was made a moment ago in place of what was invented, in most cases."""
    operation = operation_id(case)
    MADE[operation] += 1
    if MADE[operation] % 4 == 0:
        return
    if operation in PATHS:
        case.path_parameters = {**(case.path_parameters or {}), **PATHS[operation]()}
    limited = operation in ("signIn", "beginSession", *OF_PEOPLE)
    if limited and MADE[operation] > SIGN_INS:
        return
    if operation in BODIES:
        case.body = BODIES[operation]()
    if operation == "beginSession":
        case.headers["X-Call-Ribbon"] = "1"
    if operation in OF_PEOPLE:
        case.headers["Authorization"] = f"Bearer {sign_in()}"


def fit_filters(operation, query):
    """Leaves one whole question: which parameters need or forbid others, no schema of one says."""
    for field, value, *others in (
        ("field", "value", "from", "to", "missing"),
        ("andField", "andValue", "andFrom", "andTo", "andMissing"),
    ):
        if not query.get(field):
            query.pop(field, None)
            query.pop(value, None)
        else:
            query[value] = query.get(value) or "30"
        for other in others:
            query.pop(other, None)
    if operation == "callHistory":
        query["list"] = "all"
    if operation == "exportCalls" and query.get("columns"):
        query["format"] = "table"


@schemathesis.hook
def before_call(context, case, kwargs):
    path, method = case.operation.path, case.operation.method.upper()
    if isinstance(case.query, dict):
        while len(urllib.parse.urlencode(case.query, doseq=True)) > LONGEST_QUERY:
            longest = max(case.query, key=lambda name: len(str(case.query[name])))
            text = str(case.query[longest])
            if not text:
                break
            case.query[longest] = text[: len(text) // 2]
    generation = case.meta.generation.mode if case.meta else None
    if generation is not None and generation.is_positive:
        # What others changed meanwhile, such as the account for calls, may leave nothing to give.
        with contextlib.suppress(urllib.error.HTTPError, LookupError):
            give_what_is_there(case, kwargs)
    changes = method in ("PATCH", "DELETE") and path == "/api/admin/clients/{clientId}"
    if changes and (case.path_parameters or {}).get("clientId") == OWN_CLIENT:
        case.path_parameters["clientId"] = "client-gone"
    if generation is None or not generation.is_positive:
        return
    # A key in the body would count before the one in the header, and an invented one opens nothing.
    if isinstance(case.body, dict) and operation_id(case) != "beginSession":
        case.body.pop("apiKey", None)
        # Each code once, which a schema cannot say of a part of what is on a list.
        given = case.body.get("dispositions")
        if isinstance(given, list) and all(isinstance(one, dict) for one in given):
            case.body["dispositions"] = list({one.get("code"): one for one in given}.values())
    if isinstance(case.query, dict):
        # A range that ends before it begins is refused, and so is a cursor that no answer gave;
        # no schema of one parameter can say either.
        if "startDate" in case.query and "endDate" in case.query:
            case.query["endDate"] = case.query["startDate"]
        case.query.pop("cursor", None)
        if operation_id(case) in ("callHistory", "exportCalls"):
            fit_filters(operation_id(case), case.query)
        if operation_id(case) == "leadFromDialerByGet" and not case.query.get("user"):
            case.query["user"] = "agent1"


@schemathesis.hook
def after_call(context, case, response):
    STATUSES[operation_id(case), response.status_code] += 1


@atexit.register
def write_statuses():
    if path := os.environ.get("CALL_RIBBON_STATUSES"):
        with open(path, "w") as file:
            for (operation, status), count in sorted(STATUSES.items()):
                print(operation, status, count, file=file)
