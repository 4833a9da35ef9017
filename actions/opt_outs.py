"""Custom actions of opt-outs, as an action server finds them."""

from actions.opt_out_action import OptOutAction
from actions.opt_out_form import (
    ActionAskOptOutFormAgreed,
    ActionAskOptOutFormEmail,
    ActionAskOptOutFormKinds,
    ActionOptOutAside,
    ActionOptOutCancel,
    ActionOptOutChange,
    ActionOptOutOrPerson,
    ValidateOptOutForm,
)
from actions.opt_out_records import ActionOptOutFinish, ActionOptOutStatus, ActionOptOutTakeBack

ACTIONS: tuple[type[OptOutAction], ...] = (
    ValidateOptOutForm,
    ActionAskOptOutFormKinds,
    ActionAskOptOutFormEmail,
    ActionAskOptOutFormAgreed,
    ActionOptOutFinish,
    ActionOptOutTakeBack,
    ActionOptOutCancel,
    ActionOptOutChange,
    ActionOptOutOrPerson,
    ActionOptOutAside,
    ActionOptOutStatus,
)
