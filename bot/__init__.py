"""The privacy bot: answers a storefront's shoppers from the store's privacy policy."""

import os

from bot.paths import MODELS_DIR

# Before anything else is imported: libraries read these when they load. None may report usage, and
# none may write outside of the bot's folders. scripts/environment.pth silences stock Rasa.
QUIET = {
    "DO_NOT_TRACK": "1",
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime
    "OTEL_SDK_DISABLED": "true",  # OpenTelemetry, with which FastAPI and redis can report
    "RASA_TELEMETRY_ENABLED": "false",
    "RASA_CACHE_DIRECTORY": str(MODELS_DIR / ".cache" / "steps"),
    "MPLCONFIGDIR": str(MODELS_DIR / ".cache" / "matplotlib"),
}
os.environ.update(QUIET)

# One message is work for one thread: others would spin beside it and take the processor from other
# messages. Training asks for more (``bot.nlu.models.threads``).
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
for name in ONE_THREAD:
    os.environ.setdefault(name, "1")
