"""Checks the files of this folder with the tools that read them; `cargo xtask check` runs this.

Not checked, because it takes a cluster or Docker's engine: that a cluster accepts the chart, and that
Docker starts the compose file. A test of the server compares the names of settings with the server's.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

import helm_python as helm
import kubernetes_validate
import yaml

HERE = pathlib.Path(__file__).resolve().parent
CHART = HERE / "helm" / "call-ribbon"
KUBERNETES = ["1.30", "1.37"]
# From 0 (locked in) to 10 (free): what systemd calls OK ends at 4.
MOST_EXPOSURE = "20"

# Values that take other ways through the templates than the defaults.
VALUES = {
    "defaults": {},
    "one server, no ingress": {"replicas": 1, "ingress": {"enabled": False}, "trustedProxy": ""},
    "everything": {
        "image": {"tag": "1.2.3"},
        "imagePullSecrets": [{"name": "registry"}],
        "publicUrl": "https://www.example.com/ribbon",
        "settings": {"CALL_RIBBON_SMTP_HOST": "smtp.example.com", "CALL_RIBBON_SMTP_PORT": 587},
        "ingress": {"className": "nginx", "tlsSecret": ""},
        "podAnnotations": {"prometheus.io/scrape": "true"},
        "nodeSelector": {"kubernetes.io/arch": "amd64"},
        "tolerations": [{"key": "calls", "operator": "Exists"}],
    },
}
# Values that the schema must refuse.
REFUSED = [
    {"replicas": 0},
    {"publicUrl": "ribbon.example.com"},
    {"replica": 3},
    {"settings": {"SMTP_HOST": "smtp.example.com"}},
]

problems = []


def run(*command, silent=False):
    """Runs a tool; what it says is a problem if it fails, or if it is to be silent."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode or (silent and done.stdout + done.stderr):
        problems.append(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")


def tool(name):
    """Returns the path of a tool beside this Python."""
    return str(pathlib.Path(sys.executable).with_name(name))


def check_chart():
    """Lints the chart, renders it, and judges each object by Kubernetes's own schemas."""
    for message in helm.lint(str(CHART))["messages"]:
        # An icon is a recommendation for catalogues of charts.
        if "icon is recommended" not in str(message):
            problems.append(f"helm lint: {message}")
    with helm.Chart.load(str(CHART)) as chart:
        for title, values in VALUES.items():
            chart.validate_schema(values)
            files = chart.render(values, name="calls", namespace="ribbon")
            objects = [(name, one) for name, text in files.items() if name.endswith(".yaml")
                       for one in yaml.safe_load_all(text) if one]
            kinds = sorted(one["kind"] for _, one in objects)
            expected = {"one server, no ingress": ["Deployment", "Service"]}
            if kinds != expected.get(title, ["Deployment", "Ingress", "PodDisruptionBudget", "Service"]):
                problems.append(f"{title}: the chart renders {kinds}")
            for name, one in objects:
                for version in KUBERNETES:
                    try:
                        kubernetes_validate.validate(one, version, strict=True)
                    except kubernetes_validate.ValidationError as error:
                        problems.append(f"{name} with {title}, Kubernetes {version}: {error.message}")
        for values in REFUSED:
            try:
                chart.validate_schema(values)
                problems.append(f"the chart takes {values}")
            except helm.HelmError:
                pass


def check_unit():
    """Checks the unit, if this machine has systemd; the program that it starts need not be here."""
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        print("      NOT CHECKED: call-ribbon.service, because systemd-analyze is not here")
        return
    with tempfile.TemporaryDirectory() as folder:
        unit = pathlib.Path(folder) / "call-ribbon.service"
        text = (HERE / "call-ribbon.service").read_text()
        unit.write_text(text.replace("/usr/local/bin/call-ribbon", shutil.which("true")))
        # It only warns of a key that it does not know.
        run(analyze, "verify", "--man=no", str(unit), silent=True)
        run(analyze, "security", "--offline=true", "--no-pager", f"--threshold={MOST_EXPOSURE}", str(unit))


run(tool("hadolint"), str(HERE / "Containerfile"))
run(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(HERE / "compose.yaml"))
workflows = sorted(str(file) for file in (HERE.parent / ".github" / "workflows").glob("*.yml"))
run(tool("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", *workflows)
check_chart()
check_unit()
print("\n".join(problems))
sys.exit(bool(problems))
