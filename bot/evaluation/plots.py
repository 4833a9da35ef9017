"""Plots of an evaluation."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from bot.evaluation.measures import Report


def draw_confusion(result: Report, path: Path) -> None:
    """Write the confusion matrix as a picture.

    Rows are labels, columns are understood intents, and colours are shares of each row.
    """
    labels = sorted(
        {example.expected for example in result.examples}
        | {example.predicted for example in result.examples}
    )
    counts = np.zeros((len(labels), len(labels)))
    for example in result.examples:
        counts[labels.index(example.expected), labels.index(example.predicted)] += 1
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(13, 12), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(labels)), labels, rotation=90)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_xlabel("understood as")
    axes.set_ylabel("is")
    for row, column in np.argwhere(counts > 0):
        colour = "white" if shares[row, column] > 0.5 else "black"
        axes.text(
            column,
            row,
            f"{counts[row, column]:.0f}",
            ha="center",
            va="center",
            color=colour,
            fontsize=8,
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


def draw_reliability(result: Report, path: Path) -> None:
    """Write the reliability diagram as a picture.

    A point on the diagonal is well calibrated; its area shows the number of examples.
    """
    figure = Figure(figsize=(6, 6), layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color="grey", linestyle="--", linewidth=1)
    bins = result.reliability
    axes.scatter(
        [each.claimed for each in bins],
        [each.right for each in bins],
        s=[20 + each.examples for each in bins],
        alpha=0.6,
    )
    for each in bins:
        axes.annotate(
            f"{each.examples}", (each.claimed, each.right), fontsize=8, ha="center", va="center"
        )
    axes.set_xlim(0, 1.05)
    axes.set_ylim(0, 1.05)
    axes.set_xlabel("confidence")
    axes.set_ylabel("share that was right")
    axes.set_title(f"expected calibration error {result.calibration_error:.3f}")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
