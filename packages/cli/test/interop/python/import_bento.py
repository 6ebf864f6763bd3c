"""Packs a folder and lets BentoML import it, and prints what it holds: import_bento.py HOME FOLDER"""

import json
import os
import shutil
import sys

os.environ["BENTOML_HOME"] = sys.argv[1]

import bentoml

archive = shutil.make_archive(sys.argv[2], "zip", sys.argv[2])
bento = bentoml.import_bento(archive)
print(json.dumps({"tag": str(bento.tag), "models": [str(model.tag) for model in bentoml.models.list()]}))
