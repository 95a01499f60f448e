"""RAM: shares, their associations, refusals. moto has neither AssociateResourceShare nor invitations."""

from steps import ACCOUNT, OTHER, REGION

SUBNET = f"arn:aws:ec2:{REGION}:{ACCOUNT}:subnet/subnet-0123456789abcdef0"
PIPELINE = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/train"
ABSENT = f"arn:aws:ram:{REGION}:{ACCOUNT}:resource-share/12345678-1234-1234-1234-123456789012"
READ = "arn:aws:ram::aws:permission/AWSRAMDefaultPermissionSageMakerPipeline"
KEPT = ("name", "owningAccountId", "allowExternalPrincipals", "status")


def kept(share):
    return [share[key] for key in KEPT]


def shares(s):
    ram = s.client("ram")
    made = s.do(
        "create",
        lambda: ram.create_resource_share(name="net", resourceArns=[SUBNET], principals=[OTHER]),
        lambda r: kept(r["resourceShare"]),
    )["resourceShare"]["resourceShareArn"]

    def listed():
        return [x for x in ram.get_resource_shares(resourceOwner="SELF")["resourceShares"] if x["resourceShareArn"] == made]

    s.do("listed", listed, lambda r: [kept(share) for share in r])
    for kind in ("RESOURCE", "PRINCIPAL"):
        s.do(
            f"associations {kind}",
            lambda: ram.get_resource_share_associations(associationType=kind, resourceShareArns=[made]),
            lambda r: [[a["associatedEntity"], a["associationType"]] for a in r["resourceShareAssociations"]],
        )
    s.do(
        "update",
        lambda: ram.update_resource_share(resourceShareArn=made, name="wide", allowExternalPrincipals=True),
        lambda r: kept(r["resourceShare"]),
    )
    s.fails("unknown owner", "InvalidParameterException", lambda: ram.get_resource_shares(resourceOwner="ME"))
    s.fails("bad type", "InvalidParameterException", lambda: ram.get_resource_share_associations(associationType="X"))
    s.fails(
        "malformed resource",
        "MalformedArnException",
        lambda: ram.create_resource_share(name="x", resourceArns=["subnet-1"]),
    )
    s.fails(
        "not shareable",
        "MalformedArnException",
        lambda: ram.create_resource_share(name="x", resourceArns=[f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-1"]),
    )
    s.fails(
        "malformed principal",
        "InvalidParameterException",
        lambda: ram.create_resource_share(name="x", principals=["me"]),
    )
    s.fails("update of none", "UnknownResourceException", lambda: ram.update_resource_share(resourceShareArn=ABSENT, name="x"))
    s.fails("delete of none", "UnknownResourceException", lambda: ram.delete_resource_share(resourceShareArn=ABSENT))
    s.do("delete", lambda: ram.delete_resource_share(resourceShareArn=made), lambda r: r["returnValue"])
    s.do("deleted ones stay for a while", listed, lambda r: [share["status"] for share in r])


def acceptance(s):
    ram = s.client("ram")
    made = s.do("create", lambda: ram.create_resource_share(name="p", permissionArns=[READ]), moto=False)
    if made is None:
        return
    share = made["resourceShare"]["resourceShareArn"]
    s.do(
        "associate",
        lambda: ram.associate_resource_share(resourceShareArn=share, resourceArns=[PIPELINE], principals=[OTHER]),
        lambda r: sorted(a["associationType"] for a in r["resourceShareAssociations"]),
        moto=False,
        want=["PRINCIPAL", "RESOURCE"],
    )
    s.do(
        "permissions",
        lambda: ram.list_resource_share_permissions(resourceShareArn=share),
        lambda r: [[p["arn"], p["resourceType"]] for p in r["permissions"]],
        moto=False,
        want=[[READ, "sagemaker:Pipeline"]],
    )


SCENARIOS = [shares, acceptance]
