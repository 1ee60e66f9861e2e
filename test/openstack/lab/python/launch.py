"""Runs module:function of a Debian python3-* package: the packages with the commands bring qemu, libvirt and more."""
import importlib
import sys

module, function = sys.argv[1].split(':')
sys.argv = ['glance-api'] + sys.argv[2:]
sys.exit(getattr(importlib.import_module(module), function)())
