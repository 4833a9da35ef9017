"""Where things are in this checkout; whatever the bot writes goes below ``var/``, ``models/`` and ``results/``."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA_DIR = ROOT / "data"
POLICY_DIR = DATA_DIR / "policy"
NLU_DIR = DATA_DIR / "nlu"
ENCODER_DIR = DATA_DIR / "encoder"
DOMAIN_DIR = ROOT / "bot" / "domain"
MODELS_DIR = ROOT / "models"
RESULTS_DIR = ROOT / "results"
TEST_SET = ROOT / "tests" / "nlu" / "test_set.yml"
