import bentoml


@bentoml.service
class Prices:
    model_ref = bentoml.models.BentoModel("forest:v1")

    def __init__(self):
        self.model = bentoml.sklearn.load_model(self.model_ref)

    @bentoml.api
    def predict(self, inputs: list[list[float]]) -> list[float]:
        return self.model.predict(inputs).tolist()
