"""Loads models from folders, and prints what each predicts: predict_mlflow.py INPUTS FOLDERS..."""

import json
import sys

import mlflow.pyfunc
import numpy as np

INPUTS = np.array(json.loads(sys.argv[1]), dtype=float)


def predictions(folder):
    model = mlflow.pyfunc.load_model(folder)
    if "onnx" not in model.metadata.flavors:
        return model.predict(INPUTS).tolist()
    return model.predict(INPUTS.astype(np.float32))["y"].tolist()


print(json.dumps([predictions(folder) for folder in sys.argv[2:]]))
