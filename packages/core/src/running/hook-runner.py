"""Runs the hooks of one package, for the process that started it.

Descriptor 3 brings requests, descriptor 4 takes replies: frames of a length (4 bytes, big-endian) and that many bytes
of JSON. Standard output and standard error belong to the hooks. `docs/running.md` describes what is said.

Standard library only. Nothing here is newer than Python 3.8, and nothing that an older Python cannot parse, so that
it can say so.
"""

import sys

if sys.version_info < (3, 8):
    sys.stderr.write("hooks need Python 3.8 or newer, and this is Python %s\n" % sys.version.split()[0])
    sys.exit(1)

import atexit
import base64
import collections.abc
import dataclasses
import datetime
import decimal
import enum
import importlib
import inspect
import json
import math
import os
import pathlib
import queue
import shutil
import signal
import struct
import threading
import traceback
import uuid

PROTOCOL = 1

REQUESTS = 3
REPLIES = 4

# Whoever reads keeps numbers as doubles, which hold every integer up to here.
INTEGER_MAX = 2 ** 53 - 1

# Deeper than data is, and shallow enough for any stack.
DEPTH_MAX = 100

# Characters of a message or a traceback that are passed on: the beginning of one, the end of the other.
MESSAGE_MAX = 4000
TRACEBACK_MAX = 64000


def main():
    frame_size_max = int(sys.argv[1])
    # Python puts the folder of a script on the path, where the hooks have no business.
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [folder for folder in sys.path if folder != here]
    for output in (sys.stdout, sys.stderr):
        output.reconfigure(encoding="utf-8", errors="backslashreplace")
    requests, replies = open_descriptors()
    lead_group()
    # The first that is registered is the last that is done: after what the hooks do at exit.
    atexit.register(end_group)
    work = Work(replies, frame_size_max)
    signal.signal(signal.SIGINT, work.on_interrupt)
    threading.Thread(target=listen, args=(requests, work, frame_size_max), daemon=True).start()
    work.write(work.encoded({"type": "ready", "protocol": PROTOCOL}))
    while True:
        request = work.inbox.get()
        if request["type"] == "close":
            return
        work.answer(request)


def open_descriptors():
    close_inherited()
    for descriptor in (REQUESTS, REPLIES):
        # What the hooks start must not hold the line open.
        os.set_inheritable(descriptor, False)
        if os.name == "nt":
            import msvcrt

            msvcrt.setmode(descriptor, os.O_BINARY)
        else:
            os.set_blocking(descriptor, True)
    return open(REQUESTS, "rb"), open(REPLIES, "wb")


def close_inherited():
    """Closes what came by accident: one of them may be the descriptor that a passphrase was read from."""
    try:
        descriptors = [int(name) for name in os.listdir("/dev/fd")]
    except (OSError, ValueError):
        return
    for descriptor in descriptors:
        try:
            if descriptor > REPLIES and os.get_inheritable(descriptor):
                os.close(descriptor)
        except OSError:
            pass


def lead_group():
    """Makes a process group of this process and what the hooks start, which can be ended at once."""
    if hasattr(os, "setsid"):
        try:
            os.setsid()
        except OSError:
            pass


def end_group():
    """Ends what the hooks have started, and this process."""
    for output in (sys.stdout, sys.stderr):
        try:
            output.flush()
        except (OSError, ValueError):
            pass
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)


def listen(requests, work, frame_size_max):
    """Runs in a thread of its own, so that the end of the parent is noticed whatever the hooks do."""
    try:
        while True:
            request = read_frame(requests, frame_size_max)
            if request is None:
                break
            work.take(request)
    finally:
        end_now(work.folder)


def read_frame(requests, frame_size_max):
    header = requests.read(4)
    if len(header) < 4:
        return None
    (length,) = struct.unpack(">I", header)
    if length > frame_size_max:
        return None
    body = requests.read(length)
    return json.loads(body.decode("utf-8")) if len(body) == length else None


def end_now(folder):
    """Nobody is there any more: leaves no plaintext behind, and nothing that the hooks have started."""
    try:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        end_group()
        os._exit(0)


class Cancelled(KeyboardInterrupt):
    """Raised in a hook whose caller does not want its outputs any more."""


class OutputsError(Exception):
    """A hook gave something that JSON has no form for."""


class Work:
    """What has been asked, and what is being done about it."""

    def __init__(self, replies, frame_size_max):
        self.inbox = queue.SimpleQueue()
        self.folder = None
        self.replies = replies
        self.frame_size_max = frame_size_max
        self.package = None
        self.lock = threading.Lock()
        self.running = None
        self.cancelled = None

    def take(self, request):
        """Called in the listening thread."""
        if request["type"] == "cancel":
            self.cancel(request["id"])
            return
        if request["type"] == "load":
            self.folder = request["folder"]
        self.inbox.put(request)

    def cancel(self, number):
        with self.lock:
            self.cancelled = number
            if self.running != number:
                return
        main_thread = threading.main_thread()
        if hasattr(signal, "pthread_kill"):
            # Wakes a hook that sleeps or waits.
            signal.pthread_kill(main_thread.ident, signal.SIGINT)
        else:
            signal.raise_signal(signal.SIGINT)

    def on_interrupt(self, _number, _frame):
        """Python calls this in the main thread. Any other Ctrl-C is for the parent to act on."""
        if self.running is not None and self.running == self.cancelled:
            self.cancelled = None
            raise Cancelled()

    def answer(self, request):
        step = Step()
        try:
            reply = self.reply_to(request, step)
        except Cancelled:
            reply = self.failure(request, step, "cancelled", None)
        self.write(reply)

    def reply_to(self, request, step):
        try:
            self.begin(request["id"])
            outputs = self.carry_out(request, step)
            self.running = None
            return self.encoded({"type": "done", "id": request["id"], "outputs": outputs})
        except Cancelled:
            raise
        except OutputsError as error:
            return self.failure(request, step, "outputs", error)
        except BaseException as error:
            return self.failure(request, step, "hook", error)
        finally:
            self.running = None

    def begin(self, number):
        """From here on the interrupt of `cancel` reaches the hook; one that came earlier is acted on here."""
        with self.lock:
            self.running = number
            if self.cancelled == number:
                raise Cancelled()

    def carry_out(self, request, step):
        if request["type"] == "load":
            self.package = Package(request)
            self.package.load(step, request["arguments"])
            return None
        outputs = self.package.predict(step, request)
        return in_json(outputs, "outputs", 0)

    def failure(self, request, step, kind, error):
        reply = {"type": "failed", "id": request["id"], "kind": kind, "hook": step.name}
        if error is not None:
            reply["exception"] = type(error).__name__
            reply["message"] = self.shortened(message_of(error))[:MESSAGE_MAX]
            reply["traceback"] = self.shortened(traceback_of(error))[-TRACEBACK_MAX:]
        return self.encoded(reply)

    def shortened(self, text):
        """Paths as they are in the package, which is what its author knows."""
        return text if self.package is None else text.replace(self.package.path + os.sep, "")

    def encoded(self, reply):
        # All ASCII, so that characters count bytes, and half a surrogate pair does not matter.
        body = json.dumps(reply, allow_nan=False, separators=(",", ":")).encode("ascii")
        if len(body) > self.frame_size_max:
            sizes = "%d bytes, where at most %d can be passed on" % (len(body), self.frame_size_max)
            raise OutputsError("the outputs take %s" % sizes)
        return body

    def write(self, body):
        try:
            self.replies.write(struct.pack(">I", len(body)) + body)
            self.replies.flush()
        except OSError:
            end_now(self.folder)


class Step:
    """Which hook is at work, for whoever reads the error."""

    def __init__(self):
        self.name = ""


def message_of(error):
    try:
        return str(error)
    except Exception:
        return ""


def traceback_of(error):
    """Without the frames of this file, which say nothing about the hooks."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    try:
        return "".join(traceback.format_exception(type(error), error, frames))
    except Exception:
        return type(error).__name__


class Package:
    """A package that lies in a folder: `<folder>/<name>` with `hooks`, `models` and `src` in it."""

    def __init__(self, request):
        self.name = request["package"]
        self.path = os.path.join(request["folder"], self.name)
        self.env = {"MLSTEAM_MODEL_DIR": os.path.join(self.path, "models")}
        self.plan = request["plan"]
        self.model = None
        sys.path.insert(0, request["folder"])

    def load(self, step, arguments):
        submodels = self.plan["submodels"]
        if submodels is None:
            self.model = self.call(step, self.plan["load"], {"env": self.env}, {}, arguments)
            return
        self.model = {}
        if self.plan["load"] is not None:
            self.load_by_default(step, submodels, arguments)
        for submodel in submodels:
            if submodel["loader"] is not None:
                self.model[submodel["name"]] = self.load_submodel(step, submodel, arguments)

    def load_by_default(self, step, submodels, arguments):
        loaded = self.call(step, self.plan["load"], {"env": self.env}, self.loading(None), arguments)
        left = [submodel["name"] for submodel in submodels if submodel["loader"] is None]
        if isinstance(loaded, collections.abc.Mapping):
            self.model.update(loaded)
        elif len(left) == 1:
            self.model[left[0]] = loaded
        elif loaded is not None:
            raise TypeError("load must give a mapping from submodels to objects, not %s" % type(loaded).__name__)

    def load_submodel(self, step, submodel, arguments):
        loader = submodel["loader"]
        if loader["kind"] == "built-in":
            step.name = loader["name"]
            return load_with_pytorch(self, submodel["name"], loader)
        return self.call(step, loader, {"env": self.env}, self.loading([submodel["name"]]), arguments)

    def loading(self, submodels):
        return {"submodels": submodels, "model_file_loader": ModelFiles(self.path)}

    def predict(self, step, request):
        name = request["service"]
        predictor = next(service["predictor"] for service in self.plan["services"] if service["name"] == name)
        if predictor["kind"] == "built-in":
            step.name = predictor["name"]
            return classify_with_pytorch(self.model, request["inputs"], predictor)
        needed = {"env": self.env, "model": self.model, "inputs": request["inputs"]}
        extra = {} if self.plan["submodels"] is None else {"service_name": name}
        return self.call(step, predictor, needed, extra, request["arguments"])

    def call(self, step, hook, needed, extra, arguments):
        """Calls a hook with keywords: those it needs and its caller's, and of the extra ones those it takes."""
        step.name = hook["file"]
        function = getattr(self.module(hook["file"]), hook["function"], None)
        if function is None:
            raise AttributeError("%s has no function %s" % (hook["file"], hook["function"]))
        keywords = dict(needed)
        keywords.update((name, value) for name, value in extra.items() if takes(function, name))
        keywords.update(arguments)
        return function(**keywords)

    def module(self, file):
        """The module of a file of the package, imported below the package so that relative imports work."""
        parts = pathlib.PurePosixPath(file).with_suffix("").parts
        return importlib.import_module(".".join((self.name,) + parts))


class ModelFiles:
    """Where the files of submodels are, as the reference system hands it to loaders."""

    def __init__(self, path):
        self.path = pathlib.Path(path)

    def get_submodel_base_dir(self):
        return self.path / "models"

    def get_submodel_dir(self, subm_name):
        return self.path / "models" / subm_name


def takes(function, name):
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return True
    if name in parameters:
        return parameters[name].kind is not inspect.Parameter.POSITIONAL_ONLY
    return any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters.values())


def load_with_pytorch(package, submodel, loader):
    """The built-in `PyTorchLoader`: all state dicts of a submodel, into an object of a class of the package."""
    import torch

    model = getattr(package.module(loader["modelClassFile"]), loader["modelClassName"])()
    folder = pathlib.Path(package.path) / "models" / submodel
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix in (".pt", ".pth"))
    if not files:
        raise FileNotFoundError("models/%s holds no .pt or .pth file" % submodel)
    for path in files:
        # Trust is given to hooks and not to weights, so weights must not be able to run anything.
        state = torch.load(str(path), map_location=loader["device"], weights_only=True)
        model.load_state_dict(state, strict=len(files) == 1)
    if loader["device"] is not None:
        model = model.to(device=loader["device"])
    return model.eval()


def classify_with_pytorch(model, inputs, predictor):
    """The built-in `PyTorchClassifier`: the most probable class, or that of each input of a batch."""
    import torch

    submodel = model[predictor["submodel"]]
    with torch.no_grad():
        outputs = submodel(tensor_for(submodel, inputs))
        probs, class_ids = torch.max(outputs, predictor["outputClassDimension"])
    results = {"class_ids": class_ids, "probs": probs}
    classes = predictor["classes"]
    if classes:
        results["class_names"] = [classes[int(i)] for i in class_ids] if predictor["batch"] else classes[int(class_ids)]
    return results


def tensor_for(submodel, inputs):
    """Of the kind that the submodel computes in, on its device; of another kind as `{"dtype", "data"}` says."""
    import torch

    parameter = next(submodel.parameters(), None)
    device = None if parameter is None else parameter.device
    if isinstance(inputs, dict):
        return torch.tensor(inputs["data"], dtype=getattr(torch, inputs["dtype"]), device=device)
    return torch.tensor(inputs, dtype=None if parameter is None else parameter.dtype, device=device)


def in_json(value, where, depth):
    """A value as JSON can hold it. `where` names it in errors, such as `outputs.scores[3]`."""
    if value is None or value is True or value is False or type(value) is str:
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, int) and not isinstance(value, enum.Enum):
        return int(value) if -INTEGER_MAX <= value <= INTEGER_MAX else str(int(value))
    if depth >= DEPTH_MAX:
        raise OutputsError("%s is more than %d levels deep, or holds itself" % (where[:200], DEPTH_MAX))
    if isinstance(value, (list, tuple)) and not hasattr(value, "_asdict"):
        return [in_json(item, "%s[%d]" % (where, at), depth + 1) for at, item in enumerate(value)]
    if isinstance(value, collections.abc.Mapping):
        return {key_in_json(key): in_json(item, "%s.%s" % (where, key), depth + 1) for key, item in value.items()}
    return in_json(simpler(value, where), where, depth + 1)


def key_in_json(key):
    if isinstance(key, enum.Enum):
        key = key.value
    if key is None or isinstance(key, bool):
        return json.dumps(key)
    return key if type(key) is str else str(key)


def simpler(value, where):
    """One step from an object of some library towards data."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(bytes(value)).decode("ascii")
    if isinstance(value, (datetime.date, datetime.time)):
        # What is no time, such as pandas' NaT, differs from itself.
        return value.isoformat() if value == value else None
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, (decimal.Decimal, uuid.UUID, pathlib.PurePath)):
        return str(value)
    if hasattr(value, "_asdict"):
        return value._asdict()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if type(value).__name__ == "NAType":
        return None
    return simpler_by_method(value, where)


def simpler_by_method(value, where):
    """By what NumPy, pandas, PyTorch, TensorFlow and JAX call it, none of which is known here."""
    if hasattr(value, "columns") and callable(getattr(value, "to_dict", None)):
        return value.to_dict(orient="records")
    kind = getattr(getattr(value, "dtype", None), "kind", None)
    if type(value).__module__ == "numpy" and kind in ("M", "m"):
        # Python's times hold microseconds: NumPy gives bare integers for anything finer.
        return value.astype("datetime64[us]" if kind == "M" else "timedelta64[us]").tolist()
    for method in ("tolist", "to_list", "item", "numpy", "to_dict"):
        convert = getattr(value, method, None)
        if callable(convert) and not isinstance(value, type):
            return convert()
    if isinstance(value, (collections.abc.Set, collections.abc.Sequence, collections.abc.Iterator)):
        return list(value)
    raise OutputsError("%s is a %s, which JSON has no form for" % (where[:200], type(value).__name__))


if __name__ == "__main__":
    main()
