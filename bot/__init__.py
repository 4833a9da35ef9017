"""The privacy bot: answers a storefront's shoppers from the store's privacy policy."""

import os

# Before anything else is imported: libraries read these when they load, and must not report usage.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # onnxruntime
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
