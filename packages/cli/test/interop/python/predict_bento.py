"""Loads a model from a BentoML store, and prints what it predicts: predict_bento.py HOME TAG INPUTS"""

import json
import os
import sys

os.environ["BENTOML_HOME"] = sys.argv[1]

import bentoml

model = bentoml.sklearn.load_model(sys.argv[2])
print(json.dumps(model.predict(json.loads(sys.argv[3])).tolist()))
