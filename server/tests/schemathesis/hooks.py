"""What the document cannot say, for schemathesis: which ids and secrets are there."""

import atexit
import collections
import contextlib
import itertools
import json
import math
import os
import time
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
# A query's words for a missing value (server/src/missing_value.rs).
MISSING = ("", "undefined", "null", "NaN")
# A field that some calls have, with numbers.
NUMBER_FIELD = "context.daysOverdue"
NUMBERS = itertools.count(1)
# The name of a pack of the client's own.
PACK = "own-made"
# A message to a receiver, and its receiver.
DELIVERY = {}
# Seconds to wait for it.
PATIENCE = 10
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
    try:
        return ask("POST", f"{ADMIN}/providers", body)
    except urllib.error.HTTPError as error:
        if error.code != 409:
            raise
    # A client has only so many.
    for account in ask("GET", f"{ADMIN}/providers")["providers"]:
        # One whose calls are in progress stays.
        with contextlib.suppress(urllib.error.HTTPError):
            ask("DELETE", f"{ADMIN}/providers/{account['accountId']}")
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


def log_event(event, call_sid, number):
    """Logs an event of a call, and returns the call."""
    body = {"event": event, "data": {"callSid": call_sid, "phoneNumber": number}}
    body["data"]["customerData"] = {"customerId": call_sid}
    key = os.environ["CALL_RIBBON_API_KEY"]
    ask("POST", "/api/ribbon/log-call", body, key=key)
    return ask("GET", f"/api/ribbon/calls?customerId={call_sid}", key=key)["calls"][0]


def make_missed_call():
    count = next(NUMBERS)
    call = log_event("missed", f"missed-{count}", f"+9198{count:08}")
    return own(sessionId=call["sessionId"])


def make_follow_up():
    call = log_event("connected", f"due-{next(NUMBERS)}", "+919876543210")
    body = {"followUp": {"at": "2030-01-31T09:00:00Z"}}
    path = f"/api/ribbon/calls/{call['sessionId']}"
    ask("PATCH", path, body, key=os.environ["CALL_RIBBON_API_KEY"])
    return own(sessionId=call["sessionId"])


def make_uncalled():
    number = next(NUMBERS)
    body = {"to": f"+9198765{number:05}", "agentId": f"made-{number}",
            "followUp": {"at": "2030-01-31T09:00:00Z"}}
    made = ask("POST", "/api/ribbon/follow-ups", body, key=os.environ["CALL_RIBBON_API_KEY"])
    return {"followUpId": made["sessionId"]}


def make_view():
    body = {"name": f"made {next(NUMBERS)}", "path": "/dashboard/ask?by=agent"}
    return own(viewId=ask("POST", f"{ADMIN}/views", body)["viewId"])


def make_team():
    body = {"name": f"made {next(NUMBERS)}", "agentIds": ["agent1"]}
    return own(teamId=ask("POST", f"{ADMIN}/teams", body)["teamId"])


def make_token():
    body = {"name": f"made {next(NUMBERS)}", "role": "viewer"}
    return own(tokenId=ask("POST", f"{ADMIN}/tokens", body)["tokenId"])


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


def make_receiver():
    """Makes a receiver, whose address is the server itself: it answers, and nothing leaves."""
    body = {"url": f"{URL}/health", "name": f"made {next(NUMBERS)}", "active": False}
    try:
        made = ask("POST", f"{ADMIN}/receivers", body)
    except urllib.error.HTTPError as error:
        if error.code != 409:
            raise
        # A client has only so many.
        for one in ask("GET", f"{ADMIN}/receivers")["receivers"]:
            if one["receiverId"] != DELIVERY.get("receiverId"):
                ask("DELETE", f"{ADMIN}/receivers/{one['receiverId']}")
        made = ask("POST", f"{ADMIN}/receivers", body)
    return own(receiverId=made["receiverId"])


def find_delivery():
    """Returns a message to a receiver. The server looks for news every second."""
    if not DELIVERY:
        receiver = make_receiver()
        path = f"{ADMIN}/receivers/{receiver['receiverId']}"
        ask("PATCH", path, {"active": True})
        log_event("connected", f"told-{next(NUMBERS)}", "+919876543210")
        for _ in range(PATIENCE):
            if found := ask("GET", f"{path}/deliveries")["deliveries"]:
                DELIVERY.update(receiver, messageId=found[0]["messageId"])
                break
            time.sleep(1)
        ask("PATCH", path, {"active": False})
    return dict(DELIVERY)


def make_quiet_time():
    body = {"customerId": f"made-{next(NUMBERS)}", "from": "09:00", "to": "17:00"}
    made = ask("POST", "/api/ribbon/quiet-times", body, key=os.environ["CALL_RIBBON_API_KEY"])
    return {"quietTimeId": made["entryId"]}


def give_quiet_time():
    return {"customerId": f"made-{next(NUMBERS)}", "from": "22:00", "to": "07:00"}


def give_pack():
    rule = {"id": "shown", "test": {"kind": "caller-shown"}, "effect": "warn",
            "standing": "policy", "source": "Our policy", "sourceDate": "2026-11-29",
            "says": "The number must be shown."}
    return {"title": f"made {next(NUMBERS)}", "rules": [rule]}


def make_pack():
    """Makes the one pack of the run: what is sent again only goes up in its version."""
    ask("PUT", f"{ADMIN}/call-rules/packs/{PACK}", give_pack())
    return own(packName=PACK)


def make_handle():
    key = ask("POST", f"{ADMIN}/keys", {"numbers": "masked"})["apiKey"]
    customer = make_customer()["customerId"]
    calls = ask("GET", f"/api/ribbon/calls?customerId={customer}", key=key)["calls"]
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
    # The rules of the client that calls would refuse its calls.
    "setCallRules": make_client,
    "suspendClient": make_client,
    "changeAgent": make_agent,
    "removeAgent": make_agent,
    "changePerson": lambda: own(personId=make_person()["personId"]),
    "removePerson": lambda: own(personId=make_person()["personId"]),
    "changeProvider": lambda: own(accountId=make_account()["accountId"]),
    "removeProvider": lambda: own(accountId=make_account()["accountId"]),
    "rotateWebhookSecret": lambda: own(accountId=make_account()["accountId"]),
    "changeCallBack": make_missed_call,
    "changeFollowUp": make_follow_up,
    "replanFollowUp": make_uncalled,
    "removeView": make_view,
    "changeReceiver": make_receiver,
    "removeReceiver": make_receiver,
    "receiverKey": make_receiver,
    "exchangeReceiverKey": make_receiver,
    "testReceiver": make_receiver,
    "deliveries": make_receiver,
    "resendDeliveries": make_receiver,
    "delivery": find_delivery,
    "removeQuietTime": lambda: own(**make_quiet_time()),
    "takeBackQuietTime": make_quiet_time,
    "setOwnPack": lambda: own(packName=PACK),
    "ownPack": make_pack,
    "removeOwnPack": make_pack,
    "revokeToken": make_token,
    "changeTeam": make_team,
    "removeTeam": make_team,
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
    "createReceiver": lambda: {"url": f"{URL}/health", "active": False},
    "addQuietTime": give_quiet_time,
    "reportQuietTime": give_quiet_time,
    "setOwnPack": give_pack,
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


def is_given(query, name):
    value = query.get(name)
    return value is not None and str(value).strip() not in MISSING


def fit_filters(query):
    """Leaves one whole question: which parameters need or forbid others, no schema of one says."""
    for field, value, *others in (
        ("field", "value", "from", "to", "missing"),
        ("andField", "andValue", "andFrom", "andTo", "andMissing"),
    ):
        if not is_given(query, field):
            query.pop(field, None)
            query.pop(value, None)
        elif not is_given(query, value):
            query[value] = "30"
        for other in others:
            query.pop(other, None)
    # A range that ends before it begins is empty, and refused.
    if is_given(query, "minDuration"):
        query.pop("maxDuration", None)


def fit_fields(query, by, edges):
    """Names a field that calls have, with ascending edges if it has numbers."""
    if str(query.get(by)).startswith(("context.", "metadata.")):
        query[by] = NUMBER_FIELD
    numbers = set()
    for number in str(query.pop(edges, "")).split(","):
        with contextlib.suppress(ValueError):
            numbers.add(float(number))
    if query.get(by) == NUMBER_FIELD and numbers and all(map(math.isfinite, numbers)):
        query[edges] = ",".join(map(str, sorted(numbers)))


CONFLICTING = {
    "consents": [("number", "customerId")],
    "decisions": [("customerId", "outcome")],
}


def fit_query(operation, query):
    """Lets parameters fit each other, and what is there."""
    # A range that ends before it begins is refused, and so is a cursor that no answer gave.
    for start, end in (("startDate", "endDate"), ("previousStartDate", "previousEndDate")):
        if is_given(query, start):
            query[end] = query[start]
        elif start.startswith("previous"):
            query.pop(end, None)
    query.pop("cursor", None)
    # The last hour needs the first one.
    if is_given(query, "hourTo"):
        query["hour"] = query["hourTo"]
    # What is looked up in one index or in another.
    for one, other in CONFLICTING.get(operation, ()):
        if is_given(query, one):
            query.pop(other, None)
    if operation in ("callHistory", "exportCalls"):
        fit_filters(query)
    if operation == "callHistory":
        query["list"] = "all"
    if operation == "exportCalls":
        if is_given(query, "columns"):
            query["format"] = "table"
        elif str(query.get("format")).lower() not in ("csv", "table"):
            query.pop("bom", None)
    if operation in ("breakdown", "outcomes", "pivot"):
        fit_fields(query, "by", "edges")
    if operation == "pivot":
        fit_fields(query, "across", "acrossEdges")
        if query.get("across") == query.get("by"):
            query["across"] = "status" if query.get("by") != "status" else "agentId"
            query.pop("acrossEdges", None)
    # A session names its agent, a key has to.
    if operation == "missedCalls" and not is_given(query, "agentId"):
        query["agentId"] = "agent1"
    if operation == "leadFromDialerByGet" and not query.get("user"):
        query["user"] = "agent1"


# Of payments and events: in 2000 or later, and not in the future.
TIMES = {
    "logCall": {"timestamp": "2025-10-12T10:30:08Z"},
    "addPayment": {"paidAt": "2025-10-12T10:30:08Z"},
    "addSuppression": {"since": "2025-10-12T10:30:00Z", "until": "2035-10-12"},
    "addConsent": {"givenAt": "2025-10-12T10:30:00Z", "expiresAt": "2035-10-12"},
    "makeComplaintFile": {"startDate": "2025-10-01", "endDate": "2025-10-31"},
}


def fit_body(operation, body):
    """Leaves out or replaces what is only right beside other data, or at a time."""
    if operation == "startCall":
        # Which numbers can be dialed, and which provider carries calls.
        body["to"] = "+919876543210"
        body.pop("provider", None)
    if operation in ("addSuppression", "addConsent", "makeComplaintFile"):
        # Which texts are numbers is no pattern.
        if body.get("phoneNumber"):
            body["phoneNumber"] = "+919812345678"
    if operation == "makeComplaintFile" and not body.get("phoneNumber"):
        # A person is needed, by one of the two.
        body["customerId"] = body.get("customerId") or "CUST-1001"
    if operation in ("createTeam", "changeTeam"):
        # Each has to be a person with that role.
        body["supervisorIds"] = []
    if operation == "setAlerts":
        # A host must be public, and the test of alerts would send messages to it.
        if "webhookUrl" in body:
            body["webhookUrl"] = None
        # What a mail server takes as an address is a grammar, not a pattern.
        if body.get("emails"):
            body["emails"] = ["asha@example.com"]
    # Times that exist, and follow one another.
    for field, time in TIMES.get(operation, {}).items():
        if body.get(field):
            body[field] = time
    if operation == "addSuppression":
        # Only two scopes have a value, and these need one.
        if body.get("scope") in ("purpose", "account"):
            body["scopeValue"] = "sales"
        else:
            body.pop("scopeValue", None)
    if operation == "saveNotes" and not body.get("disposition"):
        # Fields of a disposition need one.
        body.pop("dispositionFields", None)


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
    changes = changes or operation_id(case) == "setCallRules"
    if changes and (case.path_parameters or {}).get("clientId") == OWN_CLIENT:
        case.path_parameters["clientId"] = "client-gone"
    if operation_id(case) == "addSuppression" and isinstance(case.body, dict):
        # No call to the number of the others would be permitted.
        if case.body.get("phoneNumber") == "+919876543210":
            case.body["phoneNumber"] = "+919812345678"
    if generation is None or not generation.is_positive:
        return
    # A key in the body would count before the one in the header, and an invented one opens nothing.
    if isinstance(case.body, dict) and operation_id(case) != "beginSession":
        case.body.pop("apiKey", None)
        # Each code once, which a schema cannot say of a part of what is on a list.
        given = case.body.get("dispositions")
        if isinstance(given, list) and all(isinstance(one, dict) for one in given):
            case.body["dispositions"] = list({one.get("code"): one for one in given}.values())
    if isinstance(case.body, dict):
        fit_body(operation_id(case), case.body)
    if case.query is None and operation_id(case) in ("missedCalls", "leadFromDialerByGet"):
        case.query = {}
    if isinstance(case.query, dict):
        fit_query(operation_id(case), case.query)


@schemathesis.hook
def after_call(context, case, response):
    STATUSES[operation_id(case), response.status_code] += 1


@atexit.register
def write_statuses():
    if path := os.environ.get("CALL_RIBBON_STATUSES"):
        with open(path, "w") as file:
            for (operation, status), count in sorted(STATUSES.items()):
                print(operation, status, count, file=file)
