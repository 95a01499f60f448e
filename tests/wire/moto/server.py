"""moto's server with some answers put right: smd works around nothing for moto's sake.

AWS says `ResourceNotFound` of a domain or pipeline that is not there; moto says `ValidationException`, which AWS uses for
wrong arguments only.

AWS takes no ports for a rule of all protocols; moto refuses to modify one without them, in words about TCP and UDP.

moto's domains have no people: what asks for their profiles, spaces and apps hears of none, where moto breaks.

usage: server.py, with the arguments of moto_server
"""

import json

from moto.ec2.models.security_groups import SecurityGroupBackend
from moto.sagemaker.exceptions import ResourceNotFound, ValidationError
from moto.sagemaker.models import SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse
from moto.server import main


def as_aws_says(what, method):
    def mended(self, *args, **kwargs):
        try:
            return method(self, *args, **kwargs)
        except ValidationError as error:
            raise ResourceNotFound(f"{what} {args or kwargs} does not exist") from error

    return mended


for what, name in [
    ("Domain", "describe_domain"),
    ("Domain", "delete_domain"),
    ("Pipeline", "describe_pipeline"),
    ("Pipeline", "delete_pipeline"),
]:
    setattr(SageMakerModelBackend, name, as_aws_says(what, getattr(SageMakerModelBackend, name)))


modify = SecurityGroupBackend.modify_security_group_rules


def without_ports(self, group_id, rules):
    for rule in rules.values():
        if rule.get("IpProtocol") == "-1":
            rule.setdefault("FromPort", "-1")
            rule.setdefault("ToPort", "-1")
    return modify(self, group_id, rules)


SecurityGroupBackend.modify_security_group_rules = without_ports


def none(member):
    return lambda _: json.dumps({member: []})


for name, member in [
    ("list_user_profiles", "UserProfiles"),
    ("list_spaces", "Spaces"),
    ("list_apps", "Apps"),
]:
    setattr(SageMakerResponse, name, none(member))

main()
