"""A stand-in for fal.ai on loopback: the same protocol, real pictures, no account and no bill."""

from imagineart_desktop.demo.calls import Call
from imagineart_desktop.demo.faults import Fault, FaultError, Trouble
from imagineart_desktop.demo.kitchen import CONTENT_POLICY, FAILURE, SLOW
from imagineart_desktop.demo.pace import SWIFT, Pace
from imagineart_desktop.demo.server import DemoHosts, DemoServer

__all__ = [
    "CONTENT_POLICY",
    "FAILURE",
    "SLOW",
    "SWIFT",
    "Call",
    "DemoHosts",
    "DemoServer",
    "Fault",
    "FaultError",
    "Pace",
    "Trouble",
]
