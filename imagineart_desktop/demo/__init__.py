"""A local replacement for fal.ai on loopback: the same protocol and real images, without an account or charges."""

from imagineart_desktop.demo.endpoints import Call
from imagineart_desktop.demo.faults import Fault, FaultError, Trouble
from imagineart_desktop.demo.renderer import CONTENT_POLICY, FAILURE, SLOW
from imagineart_desktop.demo.server import DemoHosts, DemoServer
from imagineart_desktop.demo.timing import SWIFT, Pace

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
