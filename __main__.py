"""The Pulumi program: read the stack's settings, declare what they ask for, hand out the endpoint."""

import pulumi

from components import deploy
from stacks import program

for name, value in deploy(program.current()).outputs().items():
    pulumi.export(name, value)
