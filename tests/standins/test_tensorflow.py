"""Tests of the stand-in for TensorFlow."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

SMALL_BOT = {
    "domain.yml": "version: '3.1'\nintents: [a, b]\nresponses:\n  utter_a:\n  - text: a\n",
    "data/nlu.yml": (
        "version: '3.1'\nnlu:\n- intent: a\n  examples: |\n    - one\n    - uno\n"
        "- intent: b\n  examples: |\n    - two\n    - dos\n"
    ),
    "data/stories.yml": (
        "version: '3.1'\nstories:\n- story: a\n  steps:\n  - intent: a\n  - action: utter_a\n"
    ),
}
PIPELINE = "pipeline:\n- name: WhitespaceTokenizer\n- name: CountVectorsFeaturizer\n"


def train(folder: Path, config: str) -> subprocess.CompletedProcess[str]:
    """Run `rasa train` on a small bot with this configuration."""
    for name, text in {
        **SMALL_BOT,
        "config.yml": f"recipe: default.v1\nassistant_id: small\nlanguage: en\n{config}",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    command = [sys.executable, "-m", "rasa", "train", "--quiet"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


def test_rasa_imports() -> None:
    """Every module that Rasa's server, agent and default components need can be imported."""
    code = "import rasa.server, rasa.core.agent, rasa.engine.recipes.default_components"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_tensorflow_is_absent() -> None:
    """The installed TensorFlow calls itself a stand-in and cannot compute."""
    import tensorflow

    assert version("tensorflow").endswith("+standin.1")
    assert tensorflow.__version__ == version("tensorflow")
    with pytest.raises(tensorflow.TensorFlowAbsent):
        tensorflow.constant(1)


def test_placeholders_refuse_to_be_instantiated() -> None:
    """A class of the stand-in can be subclassed; an instance raises an error with the remedy."""
    import tensorflow

    class Layer(tensorflow.keras.layers.Layer):
        pass

    with pytest.raises(tensorflow.TensorFlowAbsent, match="config.yml"):
        Layer()


def test_names_that_rasa_does_not_touch_do_not_exist() -> None:
    """A library that tests for a feature of TensorFlow gets False, and no other error."""
    import tensorflow

    assert not hasattr(tensorflow, "Variable")
    assert not tensorflow.is_tensor(1)


@pytest.mark.parametrize(
    ("component", "config"),
    [
        ("DIETClassifier", f"{PIPELINE}- name: DIETClassifier\npolicies:\n- name: RulePolicy\n"),
        (
            "TEDPolicy",
            f"{PIPELINE}- name: LogisticRegressionClassifier\npolicies:\n- name: TEDPolicy\n",
        ),
    ],
)
def test_configuring_a_tensorflow_component_names_the_remedy(
    tmp_path: Path, component: str, config: str
) -> None:
    """Training with DIET or TED fails with an error that names the remedy."""
    result = train(tmp_path, config)
    assert result.returncode != 0
    assert "TensorFlow is not installed" in result.stderr
    assert component in result.stderr


def test_training_without_tensorflow_works(tmp_path: Path) -> None:
    """A bot of stock components that need no TensorFlow can be trained."""
    result = train(
        tmp_path,
        f"{PIPELINE}- name: LogisticRegressionClassifier\npolicies:\n- name: MemoizationPolicy\n",
    )
    assert result.returncode == 0, result.stderr
    assert list((tmp_path / "models").glob("*.tar.gz"))
