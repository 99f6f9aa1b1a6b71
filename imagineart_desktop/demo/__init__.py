"""A local replacement for fal.ai on loopback: the same protocol and real images, without an account or charges."""

from imagineart_desktop.demo.endpoints import Endpoint
from imagineart_desktop.demo.faults import Fault, FaultKind, FaultSyntaxError
from imagineart_desktop.demo.renderer import CONTENT_POLICY, FAILURE, SLOW
from imagineart_desktop.demo.server import DemoHosts, DemoServer
from imagineart_desktop.demo.timing import FAST_TIMING, Timing

__all__ = [
    "CONTENT_POLICY",
    "FAILURE",
    "FAST_TIMING",
    "SLOW",
    "DemoHosts",
    "DemoServer",
    "Endpoint",
    "Fault",
    "FaultKind",
    "FaultSyntaxError",
    "Timing",
]
