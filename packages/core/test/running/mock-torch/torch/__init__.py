"""A mock of PyTorch, for tests of the built-in hooks where PyTorch is not installed: just what they call."""

import contextlib
import json

float32 = "float32"
int64 = "int64"


class Tensor:
    def __init__(self, data, dtype=None, device=None):
        self.data, self.dtype, self.device = data, dtype, device

    def __iter__(self):
        return iter(self.data)

    def __int__(self):
        return self.data

    def tolist(self):
        return self.data


def tensor(data, dtype=None, device=None):
    return Tensor(data, dtype, device)


def load(path, map_location=None, weights_only=None):
    if not weights_only:
        raise AssertionError("weights are loaded without weights_only")
    with open(path) as file:
        return json.load(file)


def max(tensor, dim):
    rows = tensor.data if dim == 1 else [tensor.data]
    best = [(value, at) for value, at in (sorted(((v, i) for i, v in enumerate(row)), reverse=True)[0] for row in rows)]
    values, ids = [value for value, _ in best], [at for _, at in best]
    return (Tensor(values), Tensor(ids)) if dim == 1 else (Tensor(values[0]), Tensor(ids[0]))


GRADIENTS = [True]


@contextlib.contextmanager
def no_grad():
    GRADIENTS[0] = False
    yield
    GRADIENTS[0] = True
