"""Serves the package beside it over HTTP: python server/server.py

Port 3000 takes predictions, port 3001 tells how the server is; both know health and metrics. The hooks run in the main
thread, one call after another, as the package's author can expect. Standard library only, Python 3.8 or newer.

HOST, PORT, PROBE_PORT, TIMEOUT_SECONDS, BODY_SIZE_MAX and WAITING_MAX are read from the environment.
"""

import json
import os
import queue
import re
import signal
import sys
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)

sys.path.insert(0, HERE)
import hook_runner  # noqa: E402

# The folder of this script is nothing that hooks should find modules in.
sys.path[:] = [folder for folder in sys.path if os.path.abspath(folder or ".") != HERE]

# What hooks are always given, and cannot be given besides.
TAKEN = {"env", "model", "inputs", "signal", "service_name", "submodels", "model_file_loader"}
PARAMETER = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*\Z")

# Upper bounds of the histogram of predictions, seconds.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

# Seconds that answers may take to be sent when the server is to end, and a hook to let go of what nobody waits for.
GRACE = 10


def main():
    settings = Settings(os.environ)
    with open(os.path.join(HERE, "plan.json"), encoding="utf-8") as file:
        served = json.load(file)
    with open(os.path.join(HERE, "openapi.json"), encoding="utf-8") as file:
        description = json.load(file)
    app = App(settings, served, description)
    signal.signal(signal.SIGTERM, app.on_signal)
    signal.signal(signal.SIGINT, app.on_signal)
    servers = [listen(app, settings.port, PREDICTING), listen(app, settings.probe_port, PROBING)]
    say("listening on http://%s:%d, probes on http://%s:%d" % (
        settings.host, servers[0].server_port, settings.host, servers[1].server_port))
    try:
        app.work()
    finally:
        for server in servers:
            server.shutdown()
        app.idle.wait(GRACE)


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Settings:
    def __init__(self, variables):
        self.host = variables.get("HOST") or "127.0.0.1"
        self.port = int(variables.get("PORT") or 3000)
        self.probe_port = int(variables.get("PROBE_PORT") or 3001)
        self.timeout = float(variables.get("TIMEOUT_SECONDS") or 60)
        self.body_size_max = int(variables.get("BODY_SIZE_MAX") or 32 * 1024 * 1024)
        self.waiting_max = int(variables.get("WAITING_MAX") or 64)


class RequestError(Exception):
    """A request that cannot be answered as it is."""

    def __init__(self, status, code, message, headers=()):
        Exception.__init__(self, message)
        self.status = status
        self.code = code
        self.headers = dict(headers)


class Job:
    """A prediction that somebody waits for."""

    def __init__(self, request):
        self.request = request
        self.done = threading.Event()
        # When the caller gave up, by the monotonic clock.
        self.dropped = None
        self.outputs = None
        self.error = None


class App:
    """The package, and what is asked of it."""

    def __init__(self, settings, served, description):
        self.settings = settings
        self.served = served
        self.description = description
        self.name = "%s@%s" % (served["model"], served["version"])
        self.services = [service["name"] for service in served["plan"]["services"]]
        self.metrics = Metrics(served)
        self.jobs = queue.SimpleQueue()
        self.current = None
        self.ready = False
        self.ending = False
        self.lock = threading.Lock()
        self.under_way = 0
        self.active = 0
        self.idle = threading.Event()
        self.idle.set()

    def on_signal(self, _number, _frame):
        """What is under way is still answered. A second signal ends everything at once."""
        if self.ending:
            os._exit(130)
        self.ending = True
        self.jobs.put(None)

    def work(self):
        """Loads the package, and answers until the server is to end. In the main thread."""
        package = hook_runner.Package({"folder": ROOT, "package": "package", "plan": self.served["plan"]})
        package.load(hook_runner.Step(), {})
        self.ready = True
        say("serving %s" % self.name)
        while True:
            job = self.jobs.get()
            if job is None:
                return
            if job.dropped is None:
                self.current = job
                self.carry_out(package, job)
                self.current = None
            job.done.set()

    def carry_out(self, package, job):
        step = hook_runner.Step()
        started = time.monotonic()
        try:
            outputs = package.predict(step, job.request)
            job.outputs = hook_runner.in_json(outputs, "outputs", 0)
        except hook_runner.OutputsError as error:
            job.error = "predict of %s (%s) gave what cannot be passed on: %s" % (self.name, step.name, error)
        except BaseException as error:
            traceback.print_exc()
            said = ": ".join(part for part in (type(error).__name__, hook_runner.message_of(error)) if part)
            job.error = "predict of %s (%s) failed: %s" % (self.name, step.name, said[:hook_runner.MESSAGE_MAX])
        self.metrics.predicted(time.monotonic() - started)

    def predict(self, request):
        """Called in the thread of a request: waits its turn, and for the outputs."""
        self.enter()
        try:
            job = Job(request)
            self.jobs.put(job)
            if not job.done.wait(self.settings.timeout):
                job.dropped = time.monotonic()
                seconds = "%g" % self.settings.timeout
                raise RequestError(504, "timeout", "the prediction took more than %s s" % seconds)
            if job.error is not None:
                raise RequestError(500, "failed", job.error)
            return job.outputs
        finally:
            self.leave()

    def is_stuck(self):
        """Whether a hook goes on with what nobody waits for, which only a restart ends."""
        job = self.current
        return job is not None and job.dropped is not None and time.monotonic() - job.dropped > GRACE

    def enter(self):
        with self.lock:
            if not self.ready or self.ending:
                state = "is about to end" if self.ending else "is being loaded"
                raise RequestError(503, "unavailable", "the model %s" % state, {"Retry-After": "1"})
            if self.under_way >= self.settings.waiting_max:
                raise RequestError(503, "busy", "%d predictions are under way" % self.under_way, {"Retry-After": "1"})
            self.under_way += 1

    def leave(self):
        with self.lock:
            self.under_way -= 1

    def count_active(self, change):
        """Requests from when they have arrived to when they are answered."""
        with self.lock:
            self.active += change
            if self.active == 0:
                self.idle.set()
            else:
                self.idle.clear()

    def checked(self, body):
        """What is asked for, as the hooks are asked."""
        if not isinstance(body, dict):
            raise invalid("the body must be an object")
        for field in body:
            if field not in ("inputs", "service", "arguments"):
                raise invalid("there is no field %s" % json.dumps(field[:100]))
        if "inputs" not in body:
            raise invalid("there are no inputs")
        arguments = body.get("arguments", {})
        if not isinstance(arguments, dict):
            raise invalid("arguments must be an object")
        for name in arguments:
            if name in TAKEN or not PARAMETER.match(name):
                problem = "hooks are given that already" if name in TAKEN else "it is no name of a parameter"
                raise invalid("argument %s: %s" % (json.dumps(name[:100]), problem))
        return {"service": self.service(body), "inputs": body["inputs"], "arguments": arguments}

    def service(self, body):
        name = body.get("service", self.served["service"])
        if name is None:
            raise invalid("%s has several services; name one of %s" % (self.name, ", ".join(self.services)))
        if not isinstance(name, str):
            raise invalid("service must be the name of one")
        if name not in self.services:
            raise invalid("%s has no service %s" % (self.name, json.dumps(name[:100])))
        return name


def invalid(message):
    return RequestError(400, "invalid", message)


class Metrics:
    """Counts, in the text format of Prometheus."""

    def __init__(self, served):
        self.served = served
        self.lock = threading.Lock()
        self.requests = {}
        self.buckets = [0] * len(BUCKETS)
        self.predictions = 0
        self.seconds = 0.0

    def answered(self, path, status):
        with self.lock:
            key = (path, status)
            self.requests[key] = self.requests.get(key, 0) + 1

    def predicted(self, seconds):
        with self.lock:
            self.predictions += 1
            self.seconds += seconds
            for index, bound in enumerate(BUCKETS):
                if seconds <= bound:
                    self.buckets[index] += 1

    def text(self, app):
        with self.lock:
            lines = [
                "# HELP cairn_served_info What is served.",
                "# TYPE cairn_served_info gauge",
                'cairn_served_info{model="%s",version="%s"} 1' % (self.served["model"], self.served["version"]),
                "# HELP cairn_ready Whether the model can be asked.",
                "# TYPE cairn_ready gauge",
                "cairn_ready %d" % (app.ready and not app.ending),
                "# HELP cairn_predictions_in_progress Predictions under way and waiting.",
                "# TYPE cairn_predictions_in_progress gauge",
                "cairn_predictions_in_progress %d" % app.under_way,
                "# HELP cairn_requests_total Requests answered.",
                "# TYPE cairn_requests_total counter",
            ]
            for (path, status), count in sorted(self.requests.items()):
                lines.append('cairn_requests_total{path="%s",status="%d"} %d' % (path, status, count))
            lines.append("# HELP cairn_predict_seconds What the predict hook took.")
            lines.append("# TYPE cairn_predict_seconds histogram")
            for bound, count in zip(BUCKETS, self.buckets):
                lines.append('cairn_predict_seconds_bucket{le="%g"} %d' % (bound, count))
            lines.append('cairn_predict_seconds_bucket{le="+Inf"} %d' % self.predictions)
            lines.append("cairn_predict_seconds_sum %.6f" % self.seconds)
            lines.append("cairn_predict_seconds_count %d" % self.predictions)
            return "\n".join(lines) + "\n"


def predict(app, handler):
    return 200, {"outputs": app.predict(app.checked(handler.read_json()))}


def health(app, _handler):
    state = "stuck" if app.is_stuck() else "ending" if app.ending else "ok" if app.ready else "loading"
    served = app.served
    body = {"status": state, "model": served["model"], "version": served["version"], "services": app.services}
    return (200 if state == "ok" else 503), body


def live(app, _handler):
    return (503, {"status": "stuck"}) if app.is_stuck() else (200, {"status": "ok"})


def openapi(app, _handler):
    return 200, app.description


def metrics(app, _handler):
    return 200, app.metrics.text(app)


PROBING = {
    "/health": {"GET": health},
    "/healthz": {"GET": health},
    "/readyz": {"GET": health},
    "/livez": {"GET": live},
    "/metrics": {"GET": metrics},
}

PREDICTING = dict(PROBING)
PREDICTING["/predict"] = {"POST": predict}
PREDICTING["/openapi.json"] = {"GET": openapi}
PREDICTING["/docs.json"] = {"GET": openapi}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    # As many may wait to be accepted; more are refused by the system.
    request_queue_size = 128


def listen(app, port, routes):
    class Handler(RequestHandler):
        pass

    Handler.app = app
    Handler.routes = routes
    server = Server((app.settings.host, port), Handler)
    # How often it looks whether it is to end, seconds.
    threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    return server


class RequestHandler(BaseHTTPRequestHandler):
    app = None
    routes = {}
    protocol_version = "HTTP/1.1"
    server_version = "cairn"
    sys_version = ""
    # Seconds without a byte, after which a connection is closed.
    timeout = 60

    def do_GET(self):
        self.answer("GET")

    def do_HEAD(self):
        self.answer("GET")

    def do_POST(self):
        self.answer("POST")

    def do_PUT(self):
        self.answer("PUT")

    def do_DELETE(self):
        self.answer("DELETE")

    def answer(self, method):
        self.app.count_active(1)
        try:
            self.answer_counted(method)
        finally:
            self.app.count_active(-1)

    def answer_counted(self, method):
        path = self.path.split("?", 1)[0]
        headers = {}
        self.body_read = False
        try:
            status, body = self.route(path, method)(self.app, self)
        except RequestError as error:
            status, headers = error.status, error.headers
            body = {"error": {"code": error.code, "message": str(error)}}
        except Exception:
            traceback.print_exc()
            status, body = 500, {"error": {"code": "bug", "message": "the server failed; see what it printed"}}
        self.app.metrics.answered(path if path in self.routes else "other", status)
        self.send(status, body, headers)

    def route(self, path, method):
        methods = self.routes.get(path)
        if methods is None:
            known = ", ".join(sorted(self.routes))
            raise RequestError(404, "not-found", "there is no %s; there is %s" % (path[:100], known))
        if method not in methods:
            allowed = ", ".join(methods)
            raise RequestError(405, "invalid", "%s takes %s" % (path, allowed), {"Allow": allowed})
        return methods[method]

    def read_json(self):
        # Browsers send JSON to other sites only after asking them, and nobody answers that here.
        if not re.match(r"application/json\s*(;|\Z)", self.headers.get("Content-Type", ""), re.IGNORECASE):
            raise RequestError(415, "invalid", "the body must be application/json")
        length = self.headers.get("Content-Length", "")
        if not re.match(r"[0-9]{1,18}\Z", length):
            raise RequestError(411, "invalid", "the length of the body must be said")
        largest = self.app.settings.body_size_max
        if int(length) > largest:
            raise RequestError(413, "invalid", "the body must not be larger than %d bytes" % largest)
        data = self.rfile.read(int(length))
        if len(data) < int(length):
            raise RequestError(400, "invalid", "the request ended early")
        self.body_read = True
        try:
            return json.loads(data.decode("utf-8"), parse_constant=no_number)
        except (ValueError, RecursionError) as error:
            raise invalid("the body is not JSON: %s" % error)

    def send(self, status, body, headers):
        is_text = isinstance(body, str)
        data = (body if is_text else json.dumps(body, allow_nan=False) + "\n").encode("utf-8")
        self.send_response(status)
        kind = "text/plain; version=0.0.4; charset=utf-8" if is_text else "application/json; charset=utf-8"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in headers.items():
            self.send_header(name, value)
        if self.command not in ("GET", "HEAD") and not self.body_read:
            # A body that nobody has read would be taken for the next request.
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_):
        """Requests are counted, and not written down."""


def no_number(name):
    raise ValueError("%s is no number of JSON" % name)


if __name__ == "__main__":
    main()
