"""Forests and boosting in scikit-learn, for bench/forests.ts: reads one JSON request a line, writes one answer a line."""

import json
import sys
import time

import numpy as np
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)


def estimator(kind, classes):
    if kind == "forest":
        return (RandomForestClassifier if classes else RandomForestRegressor)(100, n_jobs=1, random_state=0)
    return (GradientBoostingClassifier if classes else GradientBoostingRegressor)(n_estimators=100, random_state=0)


for line in sys.stdin:
    request = json.loads(line)
    if "x" in request:
        y = np.asarray(request["y"])
        x = np.asarray(request["x"]).reshape(len(y), -1)
        model = estimator(request["kind"], request["classes"])
        model.fit(x, y)
        answer = {"ready": True}
    else:
        times = []
        for _ in range(request["steps"]):
            began = time.perf_counter()
            model.fit(x, y)
            times.append((time.perf_counter() - began) * 1000)
        answer = {"ms": times}
    print(json.dumps(answer), flush=True)
