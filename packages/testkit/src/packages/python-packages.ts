import { json, manifestV2023, type PackageFiles } from './sample-package.ts';

/** `predict` gives `input * factor + offset` for each input. The hooks import each other, and read the model's files. */
export function linearPackage({ factor = 2, offset = 1 } = {}): PackageFiles {
  return {
    'manifest.json': manifestV2023('linear'),
    'models/weights.json': json({ factor, offset }),
    'models/1/saved_model.pb': `not really one, for ${factor} and ${offset}\n`,
    'hooks/common.py': COMMON,
    'hooks/load.py': LOAD,
    'hooks/predict.py': PREDICT,
  };
}

const COMMON = `from collections import namedtuple

Linear = namedtuple("Linear", ["factor", "offset"])


def apply(model, value):
    return value * model.factor + model.offset
`;

const LOAD = `import json
import os

from .common import Linear


def load(*args, **kwargs):
    folder = kwargs["env"]["MLSTEAM_MODEL_DIR"]
    with open(os.path.join(folder, "weights.json")) as weights:
        return Linear(**json.load(weights))
`;

const PREDICT = `from .common import apply


def predict(model, inputs, *args, **kwargs):
    return [apply(model, value) for value in inputs]
`;

/**
 * Two submodels and two services, of the schema v2024.1: `scale` is loaded by a file and function that the manifest
 * names, `shift` by a path. The service `main` gives `input * 3 + 10`, `inverse` the way back.
 */
export function twoModelsPackage(): PackageFiles {
  return {
    'manifest.json': json(TWO_MODELS),
    'models/scale/weights.json': json({ by: 3 }),
    'models/shift/weights.json': json({ by: 10 }),
    'hooks/loaders.py': LOADERS,
    'hooks/predict.py': PREDICTORS,
    'src/arithmetic.py': 'def scaled(value, by):\n    return value * by\n',
  };
}

const TWO_MODELS = {
  schema: 'v2024.1',
  name: 'two-models',
  version: 'first',
  in_memory_model_extraction: true,
  file_integrity_check: { models: 'enforce', hooks: 'enforce', src: 'skip', manifest: 'skip' },
  models: [
    {
      name: 'scale',
      framework: 'pytorch',
      loader: { file: 'hooks/loaders.py', function: 'load_scale' },
      enc_model_cleanup: 'never',
    },
    {
      name: 'shift',
      framework: 'pytorch',
      loader: { file: 'loaders.py', function: 'load_shift' },
      enc_model_cleanup: 'after-load',
      enc_model_cleanup_files: ['models/shift/*.json'],
    },
  ],
  services: [
    { name: 'main', predictor: 'hooks/predict.py' },
    { name: 'inverse', predictor: { file: 'hooks/predict.py', function: 'inverse' } },
  ],
};

const LOADERS = `import json
import os


def load_scale(*args, **kwargs):
    return weight_of("scale", kwargs["env"])


def load_shift(*args, **kwargs):
    return weight_of("shift", kwargs["env"])


def weight_of(name, env):
    with open(os.path.join(env["MLSTEAM_MODEL_DIR"], name, "weights.json")) as weights:
        return json.load(weights)["by"]
`;

const PREDICTORS = `def predict(model, inputs, *args, **kwargs):
    return [value * model["scale"] + model["shift"] for value in inputs]


def inverse(model, inputs, *args, **kwargs):
    return [(value - model["shift"]) / model["scale"] for value in inputs]
`;

/** Its hooks print, when they are imported and when they are called, to both outputs and past Python's buffers. */
export function chattyPackage(): PackageFiles {
  return {
    'manifest.json': manifestV2023('chatty'),
    'models/weights.json': json({ factor: 1, offset: 0 }),
    'hooks/load.py': `import os
import sys

print("importing the loader")


def load(*args, **kwargs):
    print("loading")
    print("loading, to standard error", file=sys.stderr)
    os.write(1, b"\\x00\\x00\\x00\\x05{}}\\n")
    return "a model"
`,
    'hooks/predict.py': `print("importing the predictor")


def predict(model, inputs, *args, **kwargs):
    print({"outputs": "not these"})
    return {"said": model, "inputs": inputs}
`,
  };
}

/** Its hooks raise: `load` at once, or `predict` when it is asked. */
export function raisingPackage(where: 'load' | 'predict'): PackageFiles {
  return {
    'manifest.json': manifestV2023('raising'),
    'models/weights.json': json({}),
    'hooks/load.py': `def load(*args, **kwargs):
${where === 'load' ? '    broken(kwargs["env"])\n' : ''}    return "a model"


def broken(env):
    raise FileNotFoundError("no weights in " + env["MLSTEAM_MODEL_DIR"])
`,
    'hooks/predict.py': `def predict(model, inputs, *args, **kwargs):
    try:
        return inputs["missing"]
    except TypeError as cause:
        raise ValueError("cannot predict from a list") from cause
`,
  };
}
