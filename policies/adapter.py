"""From our rules to `pulumi_policy`'s classes.

Why an adapter: when a mandatory rule touches a value that is not known at preview, `pulumi_policy` reports an *advisory* "can't run
policy" and the preview passes (policy.py, Analyze; seen in 1.21.0). Here it is caught first and reported at the rule's own level.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyResource,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

from policies import asked
from policies.model import Parameters, Resource, ResourceRule, Rule, StackRule
from policies.settings import Setting

MEND = "How to mend: "
Report = Callable[..., None]


def to_policy(rule: Rule[Any], setting: Setting) -> Policy:
    """The rule as the engine's policy, at the level and with the parameters of `config.yaml`."""
    common: dict[str, Any] = {
        "name": rule.name,
        "description": rule.description,
        "enforcement_level": EnforcementLevel(setting.level),
        "config_schema": schema(rule, setting),
        "remediation_steps": rule.mend,
    }
    if isinstance(rule, ResourceRule):
        return ResourceValidationPolicy(validate=_resource_validation(rule, setting), **common)
    if isinstance(rule, StackRule):
        return StackValidationPolicy(validate=_stack_validation(rule, setting), **common)
    raise TypeError(f"{rule.name}: neither a resource rule nor a stack rule")


def schema(rule: Rule[Any], setting: Setting) -> PolicyConfigSchema:
    """JSON schema of the rule's parameters with the defaults of `config.yaml`: the engine checks `--policy-pack-config` against it."""
    properties = rule.parameters.model_json_schema()["properties"]
    return PolicyConfigSchema(
        properties={
            key: {**{word: value for word, value in shape.items() if word != "title"}, "default": setting.parameters[key]}
            for key, shape in properties.items()
        }
    )


def _parameters(rule: Rule[Any], setting: Setting, config: Mapping[str, Any]) -> Parameters:
    parameters: Parameters = rule.parameters.model_validate({**setting.parameters, **config})
    return parameters


def _resource_validation(rule: ResourceRule[Any], setting: Setting) -> Callable[[ResourceValidationArgs, Report], None]:
    def validate(args: ResourceValidationArgs, report: Report) -> None:
        parameters = _parameters(rule, setting, args.get_config())
        resource = Resource(
            type=args.resource_type,
            name=args.name,
            urn=args.urn,
            properties=args.props,
            provider=args.provider.props if args.provider else None,
            protect=args.opts.protect,
            secrets=asked.secrets(),
            config=asked.config(),
        )
        if not rule.concerns(resource, parameters):
            return
        try:
            for message in rule.check(resource, parameters):
                report(f"{message}\n{MEND}{rule.mend}")
        except UnknownValueError as unknown:
            if parameters.unknown == "refuse":
                report(cannot_be_checked(unknown))

    return validate


def _stack_validation(rule: StackRule[Any], setting: Setting) -> Callable[[StackValidationArgs, Report], None]:
    def validate(args: StackValidationArgs, report: Report) -> None:
        parameters = _parameters(rule, setting, args.get_config())
        resources = [resource for resource in map(_stack_resource, args.resources) if rule.concerns(resource, parameters)]
        try:
            for urn, message in rule.check(resources, parameters):
                report(f"{message}\n{MEND}{rule.mend}", urn or None)
        except UnknownValueError as unknown:
            if parameters.unknown == "refuse":
                report(cannot_be_checked(unknown))

    return validate


def _stack_resource(given: PolicyResource) -> Resource:
    return Resource(
        type=given.resource_type,
        name=given.name,
        urn=given.urn,
        properties=given.props,
        provider=given.provider.props if given.provider else None,
        protect=given.opts.protect,
        config=asked.config(),
        parent=given.parent.urn if given.parent else "",
        depends={key: tuple(one.urn for one in sources) for key, sources in given.property_dependencies.items()},
    )


def cannot_be_checked(unknown: UnknownValueError) -> str:
    """What is said of a value that the rule needs and the preview does not know."""
    path = ".".join(unknown.props)
    return (
        f"cannot be checked: {path} is not known at preview\n"
        f"{MEND}make {path} plain: give it as a setting, not as another resource's output; or, if it may stay unknown, "
        "set the rule's parameter `unknown` to `pass`."
    )
