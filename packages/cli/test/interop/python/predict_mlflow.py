"""Loads a model from a folder, and prints what it predicts: predict_mlflow.py FOLDER INPUTS"""

import json
import sys

import mlflow.pyfunc
import numpy as np

model = mlflow.pyfunc.load_model(sys.argv[1])
inputs = np.array(json.loads(sys.argv[2]))
if "onnx" in model.metadata.flavors:
    inputs = inputs.astype(np.float32)
outputs = model.predict(inputs)
if isinstance(outputs, dict):
    outputs = outputs["y"]
print(json.dumps(np.asarray(outputs).tolist()))
