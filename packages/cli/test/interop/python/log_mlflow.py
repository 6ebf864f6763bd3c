"""Trains a model, logs it and what there is to say of it, and prints what it predicts: log_mlflow.py [TRACKING_URI]"""

import json
import sys

import mlflow
import numpy as np
from mlflow.models import infer_signature
from sklearn.ensemble import RandomForestRegressor

MLFLOW_3 = int(mlflow.__version__.split(".")[0]) >= 3
INPUTS = np.array([[1.0, 2.0], [2.0, 1.0], [3.0, 5.0], [4.0, 3.0], [5.0, 8.0]])
TARGETS = INPUTS @ np.array([3.0, -1.0]) + 10.0

if len(sys.argv) > 1:
    mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_experiment("prices")


def place(name):
    return {"name": name} if MLFLOW_3 else {"artifact_path": name}


def network():
    """A linear layer, as ONNX has it."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    weights = numpy_helper.from_array(np.array([[0.5], [-1.25]], dtype=np.float32), "weights")
    bias = numpy_helper.from_array(np.array([3.0], dtype=np.float32), "bias")
    graph = helper.make_graph(
        [helper.make_node("Gemm", ["x", "weights", "bias"], ["y"])],
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 2])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])],
        [weights, bias],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    made.ir_version = 10
    onnx.checker.check_model(made)
    return made


forest = RandomForestRegressor(n_estimators=5, random_state=7).fit(INPUTS, TARGETS)
predictions = {"forest": forest.predict(INPUTS).tolist()}
with mlflow.start_run(run_name="bold forest") as run:
    mlflow.log_params({"trees": 5, "model/seed": 7})
    for step in range(5):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.set_tag("team", "pricing")
    mlflow.log_text("fine\n", "notes/residuals.txt")
    signature = infer_signature(INPUTS, TARGETS)
    # What MLflow 3 writes of itself is checked as it is loaded, and trees have to be named.
    trusted = {"skops_trusted_types": ["sklearn.tree._tree.Tree"]} if MLFLOW_3 else {}
    mlflow.sklearn.log_model(
        forest, **place("forest"), signature=signature, pip_requirements=["scikit-learn"], **trusted
    )
    if MLFLOW_3:
        import onnxruntime

        net = network()
        mlflow.onnx.log_model(net, **place("net"), pip_requirements=["onnxruntime"])
        session = onnxruntime.InferenceSession(net.SerializeToString())
        predictions["net"] = session.run(None, {"x": INPUTS.astype(np.float32)})[0].tolist()

registered = mlflow.register_model(f"runs:/{run.info.run_id}/forest", "House prices")
mlflow.MlflowClient().set_registered_model_alias("House prices", "champion", registered.version)

print(json.dumps({"run": run.info.run_id, "inputs": INPUTS.tolist(), "predictions": predictions}))
