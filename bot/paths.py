"""Places of files: the checkout, or in an installed wheel the package and the current folder.

Everything that the bot writes goes below ``HOME``: ``var/``, ``models/`` and ``results/``.
"""

from pathlib import Path

PACKAGE_DIR = Path(__file__).resolve().parent
_CHECKOUT = PACKAGE_DIR.parent
_IS_CHECKOUT = (_CHECKOUT / "config.yml").exists()

ROOT = _CHECKOUT if _IS_CHECKOUT else PACKAGE_DIR / "project"  # filled by setup.py
HOME = _CHECKOUT if _IS_CHECKOUT else Path.cwd()

CONFIG = ROOT / "config.yml"
ENDPOINTS = ROOT / "endpoints.yml"
LOCK = ROOT / "requirements" / "run.lock"
DATA_DIR = ROOT / "data"
ADOPTION_DIR = DATA_DIR / "adoption"
DOMAIN_DIR = DATA_DIR / "domain"
ENCODER_DIR = DATA_DIR / "encoder"
NLU_DIR = DATA_DIR / "nlu"
PRIVACY_DIR = DATA_DIR / "privacy"
RULES_DIR = DATA_DIR / "rules"
NOTICE = ROOT / "docs" / "privacy.md"  # what the bot itself stores
GRAMMARS_DIR = DATA_DIR / "grammars"
FRAMES = DATA_DIR / "frames.yml"
READING = DATA_DIR / "reading.yml"  # words of acts and things
STORES_DIR = DATA_DIR / "stores"
WISHES_DIR = DATA_DIR / "wishes"
TEST_SET = ROOT / "tests" / "nlu" / "test_set.yml"
BEHAVIOUR_DIR = ROOT / "tests" / "nlu" / "behaviour"

MODELS_DIR = HOME / "models"
RESULTS_DIR = HOME / "results"
