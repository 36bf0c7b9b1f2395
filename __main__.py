"""The Pulumi program: read the stack's settings, declare what they ask for, hand out the endpoint."""

import gc
import os

# While modules are loaded the collector runs dozens of times and finds nothing: a seventh of the program's time.
gc.disable()
# Without it pydantic looks for plugins of its own in every installed package, a twentieth of a preview.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

import pulumi

from components import deploy
from stacks import program

for name, value in deploy(program.current()).outputs().items():
    pulumi.export(name, value)
# When the program ends, the collector would look through all that was loaded once more, for a tenth of a second.
gc.freeze()
gc.enable()
