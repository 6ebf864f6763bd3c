"""Fills a BentoML store, exports from it, and prints what its model predicts: make_bento.py HOME EXPORTS"""

import json
import os
import shutil
import sys
from pathlib import Path

os.environ["BENTOML_HOME"] = sys.argv[1]

import bentoml
import numpy as np
from sklearn.ensemble import RandomForestRegressor

INPUTS = np.array([[1.0, 2.0], [2.0, 1.0], [3.0, 5.0], [4.0, 3.0], [5.0, 8.0]])
forest = RandomForestRegressor(n_estimators=5, random_state=7).fit(INPUTS, INPUTS @ np.array([3.0, -1.0]) + 10.0)
exports = Path(sys.argv[2])
exports.mkdir()

saved = bentoml.sklearn.save_model("forest:v1", forest, labels={"team": "pricing"}, metadata={"rmse": 0.5})
# Importing a service leaves byte code beside it.
context = shutil.copytree(Path(__file__).parent / "bento", "bento-context")
bento = bentoml.build(
    "service:Prices",
    name="prices",
    version="b1",
    labels={"owner": "pricing"},
    include=["service.py"],
    build_ctx=str(context),
    python={"packages": ["scikit-learn"], "lock_packages": False},
)
bentoml.models.export_model(saved.tag, str(exports / "forest.bentomodel"))
bentoml.export_bento(bento.tag, str(exports / "prices.bento"))
print(json.dumps({"inputs": INPUTS.tolist(), "predictions": forest.predict(INPUTS).tolist()}))
