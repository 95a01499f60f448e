"""Runs the same calls against the sandbox and against moto, and compares what both answer.

A step is one call with the part of its answer that counts. Where moto is right, the two answers must be the same; where
it is known to be wrong (`moto=False`), the sandbox's answer is compared with what AWS says (`want=`).
"""

import json
import re
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# Ids differ from server to server: each new one becomes its kind and number, in order of appearance.
IDS = re.compile(
    r"\b((?:vpc-cidr-assoc|vpce|vpc|eipalloc|eipassoc|nat|subnet|igw|rtb|rtbassoc|sgr|sg|pcx|acl|eni|dopt|d|fs|fsmt|fsap|sr)-[0-9a-z]{8,})\b"
    r"|\b((?:AROA|ANPA|ASIA|AIDA)[A-Z0-9]{12,})\b"
)
ACCOUNT, OTHER, REGION, FAR = "123456789012", "222233334444", "eu-west-1", "us-east-1"
#: Longest wait for a status, in seconds of the wall: the sandbox's clock is fast.
LIMIT = 30


def until(call, done):
    """Asks until the answer is as wanted."""
    end = time.monotonic() + LIMIT
    while not done(answer := call()):
        if time.monotonic() > end:
            raise SystemExit(f"still {answer}")
        time.sleep(0.02)
    return answer


class Session:
    """Clients of one server, by account and region."""

    def __init__(self, url):
        self.url = url
        self.keys = {}

    def client(self, service, account=ACCOUNT, region=REGION):
        extra = {}
        if account != ACCOUNT:
            if account not in self.keys:
                answer = self.client("sts").assume_role(
                    RoleArn=f"arn:aws:iam::{account}:role/smd-deploy", RoleSessionName="wire"
                )["Credentials"]
                self.keys[account] = {
                    "aws_access_key_id": answer["AccessKeyId"],
                    "aws_secret_access_key": answer["SecretAccessKey"],
                    "aws_session_token": answer["SessionToken"],
                }
            extra = self.keys[account]
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
            **extra,
        )


def prepare(url):
    """The other account's deploy role, in the sandbox: there an account id is a key of its account, and a role must be there
    to be taken. moto lets anyone take any role."""
    iam = boto3.client("iam", region_name=REGION, endpoint_url=url, aws_access_key_id=OTHER, aws_secret_access_key="testing")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName="smd-deploy", AssumeRolePolicyDocument=document)


class Steps:
    """What one server answered, step by step."""

    def __init__(self, session, is_moto):
        self.session = session
        self.is_moto = is_moto
        self.names = {}
        self.answers = []

    def client(self, *args, **kwargs):
        return self.session.client(*args, **kwargs)

    def neutral(self, value):
        """The value with ids replaced by their kind and number."""

        def name(match):
            found = match.group(0)
            kind = found.rsplit("-", 1)[0] if "-" in found else found[:4]
            return self.names.setdefault(found, f"{kind}#{sum(k.startswith(kind + '#') for k in self.names.values()) + 1}")

        return json.loads(IDS.sub(name, json.dumps(value, default=str, sort_keys=True)))

    def do(self, name, call, pick=None, moto=True, want=None):
        """One call. `pick` takes what counts of the answer (default: nothing but that it worked). `moto=False` where moto has
        not the operation or is wrong: then `want` is what AWS answers, and moto is not asked."""
        if self.is_moto and not moto:
            return None
        answer = None
        try:
            answer = call()
            seen = pick(answer) if pick else "ok"
        except ClientError as error:
            seen = {"error": error.response["Error"]["Code"]}
        seen = self.neutral(seen)
        if want is not None:
            wanted = self.neutral(want(answer) if callable(want) else want)
            if seen != wanted and not self.is_moto:
                raise SystemExit(f"{name}: the sandbox answers {seen!r}, AWS {wanted!r}")
        self.answers.append((name, seen, moto))
        return answer

    def fails(self, name, code, call, moto=True):
        """A call that AWS refuses with this code."""
        self.do(name, call, moto=moto, want={"error": code})


def compare(sandbox_url, moto_url, scenarios):
    """Runs every scenario on both and says where they differ."""
    differences, steps, shared = [], 0, 0
    prepare(sandbox_url)
    for scenario in scenarios:
        sandbox, moto = Steps(Session(sandbox_url), False), Steps(Session(moto_url), True)
        scenario(sandbox)
        scenario(moto)
        theirs = {name: seen for name, seen, _ in moto.answers}
        steps += len(sandbox.answers)
        for name, seen, with_moto in sandbox.answers:
            if not with_moto:
                continue
            shared += 1
            if theirs.get(name) != seen:
                differences.append(f"{scenario.__name__}: {name}:\n  sandbox {seen!r}\n  moto    {theirs.get(name)!r}")
    if differences:
        raise SystemExit("\n".join(differences))
    print(f"{steps} steps, {shared} of them also on moto: no difference")
