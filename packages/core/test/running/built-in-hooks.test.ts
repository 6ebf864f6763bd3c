import { join } from 'node:path';
import type { PackageFiles } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { failureOf, HAS_PYTHON, openStage, PATH_ONLY } from './package-fixture.ts';

/** PyTorch is not installed where the tests run: a mock stands in for it, of which the built-in hooks know nothing. */
const WITH_MOCK_TORCH = { env: { ...PATH_ONLY, PYTHONPATH: join(import.meta.dirname, 'mock-torch') } };

const NET = `import torch

from .parts.base import Base


class Net(Base):
    """Scores two classes: the sum of a row times a weight, and one minus it."""

    def __call__(self, tensor):
        assert torch.GRADIENTS == [False] and self.evaluates
        self.seen.append((tensor.dtype, tensor.device))
        rows = tensor.data if isinstance(tensor.data[0], list) else [tensor.data]
        scores = [[sum(row) * self.state["weight"], 1 - sum(row) * self.state["weight"]] for row in rows]
        return torch.Tensor(scores if isinstance(tensor.data[0], list) else scores[0])
`;

const BASE = `class Parameter:
    dtype = "float32"
    device = "cpu"


class Base:
    def __init__(self):
        self.state, self.seen, self.calls, self.evaluates = {}, [], [], False

    def load_state_dict(self, state, strict):
        self.state.update(state)
        self.calls.append(strict)

    def to(self, device):
        self.calls.append(device)
        return self

    def eval(self):
        self.evaluates = True
        return self

    def parameters(self):
        return iter([Parameter()])
`;

function classifierPackage(loader: object, predictor: object, weights: PackageFiles): PackageFiles {
  const manifest = {
    schema: 'v2024.1',
    name: 'classifier',
    version: '1',
    models: [
      {
        name: 'net',
        loader: { 'built-in': 'PyTorchLoader', model_cls_file: 'net.py', model_cls_name: 'Net', ...loader },
      },
    ],
    services: [
      { name: 'main', predictor: { 'built-in': 'PyTorchClassifier', submodel: 'net', ...predictor } },
      { name: 'inspect', predictor: 'predict.py' },
    ],
  };
  return {
    'manifest.json': JSON.stringify(manifest),
    ...weights,
    'src/net.py': NET,
    'src/parts/base.py': BASE,
    'hooks/predict.py':
      'def predict(model, inputs, **_):\n    net = model["net"]\n    return [net.calls, net.seen]\n',
  };
}

describe.skipIf(!HAS_PYTHON)('built-in hooks, with a mock of PyTorch (skipped without python3)', () => {
  test('one state dict is loaded strictly, and the most probable class of each input of a batch is given', async () => {
    await using stage = openStage();
    const weights = { 'models/net/weights.pt': '{"weight": 1}', 'models/net/notes.txt': 'not weights' };
    const files = classifierPackage({}, { classes: ['yes', 'no'] }, weights);
    const loaded = await stage.load(files, WITH_MOCK_TORCH);
    expect(await loaded.predict([[0.5, 0.25], [0.125]])).toEqual({
      class_ids: [0, 1],
      probs: [0.75, 0.875],
      class_names: ['yes', 'no'],
    });
    expect(await loaded.predict(null, { service: 'inspect' })).toEqual([[true], [['float32', 'cpu']]]);
  });

  test('several state dicts are loaded one over the other, and the model goes to its device', async () => {
    await using stage = openStage();
    const weights = { 'models/net/a.pt': '{"weight": 5}', 'models/net/b.pth': '{"weight": 1}' };
    const files = classifierPackage({ device: 'cuda:0' }, { batch: false }, weights);
    const loaded = await stage.load(files, WITH_MOCK_TORCH);
    expect(await loaded.predict([0.75])).toEqual({ class_ids: 0, probs: 0.75 });
    expect(await loaded.predict({ dtype: 'int64', data: [1] })).toEqual({ class_ids: 0, probs: 1 });
    const [calls, seen] = (await loaded.predict(null, { service: 'inspect' })) as unknown[][];
    expect(calls).toEqual([false, false, 'cuda:0']);
    expect(seen).toEqual([
      ['float32', 'cpu'],
      ['int64', 'cpu'],
    ]);
  });

  test('a package that brings no hooks of its own is asked about all the same', async () => {
    await using stage = openStage();
    const weights = { 'models/net/weights.pt': '{"weight": 1}' };
    const files = classifierPackage({}, {}, weights);
    const refused = stage.load(files, {
      ...WITH_MOCK_TORCH,
      trust: { folder: join(stage.folder, 'trusted') },
    });
    expect((await failureOf(refused)).message).toContain('hooks/predict.py, src/net.py, src/parts/base.py');
  });

  test('weights that are not there, and PyTorch that is not, are named', async () => {
    await using stage = openStage();
    const without = classifierPackage({}, {}, { 'models/net/notes.txt': '' });
    const weights = await failureOf(stage.load(without, WITH_MOCK_TORCH));
    expect(weights.message).toContain(
      '(PyTorchLoader) failed: FileNotFoundError: models/net holds no .pt or .pth file',
    );
    const missing = await failureOf(
      stage.load(without, { env: { ...PATH_ONLY, PYTHONNOUSERSITE: '1' }, python: 'python3' }),
    );
    expect(missing.message).toMatch(
      /PyTorchLoader\) failed: (ModuleNotFoundError: No module named 'torch'|FileNotFoundError)/,
    );
  });
});
