"""The yardstick of `npm run bench:models`: tuned gradient boosting on exactly the rows of each split. No part of Tidemark.

    npm run bench:models -- --write ROWS --fit-rows 0
    python3 -m venv VENV && VENV/bin/pip install lightgbm==4.7.0 scikit-learn==1.9.1 pandas==3.1.1
    VENV/bin/python bench/models/boosted-trees.py ROWS CHANCES
    npm run bench:models -- --boosted CHANCES

Leaves, least rows of a leaf and the number of rounds by the log-loss of five folds; a customer's rows share a fold, and a
weight of 1. Five seeds, their probabilities averaged.
"""

import hashlib
import sys
from pathlib import Path

import lightgbm
import numpy
import pandas

TREES = [(7, 20), (15, 20), (15, 60), (31, 60)]
ROUNDS, PATIENCE, SEEDS = 1500, 50, 5


def fold_of(customer: str) -> int:
    return int(hashlib.sha256(customer.encode()).hexdigest()[:8], 16) % 5


def parameters(leaves: int, least_rows: int) -> dict:
    sampling = {"feature_fraction": 0.8, "bagging_fraction": 0.8, "bagging_freq": 1}
    return {
        "objective": "binary", "metric": "binary_logloss", "learning_rate": 0.03, "num_leaves": leaves,
        "min_data_in_leaf": least_rows, "verbose": -1, "num_threads": 1, **sampling,
    }


def chances(training: pandas.DataFrame, test: pandas.DataFrame) -> numpy.ndarray:
    features = [name for name in training.columns if name not in ("as_of", "customer", "label")]
    weight = 1 / training.groupby("customer").customer.transform("count")
    folds = training.customer.map(fold_of).to_numpy()

    def data() -> lightgbm.Dataset:
        return lightgbm.Dataset(training[features], training.label, weight=weight, free_raw_data=False)

    best = None
    for leaves, least_rows in TREES:
        chosen = parameters(leaves, least_rows)
        pairs = [(numpy.where(folds != fold)[0], numpy.where(folds == fold)[0]) for fold in range(5)]
        stop = [lightgbm.early_stopping(PATIENCE, verbose=False)]
        losses = lightgbm.cv(chosen, data(), ROUNDS, folds=pairs, callbacks=stop, seed=1)["valid binary_logloss-mean"]
        if best is None or losses[-1] < best[0]:
            best = (losses[-1], len(losses), chosen)
    _, rounds, chosen = best
    print("  rounds", rounds, "leaves", chosen["num_leaves"], "least rows", chosen["min_data_in_leaf"])
    seeds = [{"seed": seed, "bagging_seed": seed, "feature_fraction_seed": seed} for seed in range(SEEDS)]
    return numpy.mean([lightgbm.train({**chosen, **seed}, data(), rounds).predict(test[features]) for seed in seeds], axis=0)


def main(rows: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for file in sorted(rows.glob("*.csv")):
        print(file.stem, flush=True)
        all_rows = pandas.read_csv(file, dtype={"customer": str})
        newest = all_rows.as_of.max()
        training, test = all_rows[all_rows.as_of < newest], all_rows[all_rows.as_of == newest]
        pandas.DataFrame({"customer": test.customer, "p": chances(training, test)}).to_csv(out / file.name, index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
