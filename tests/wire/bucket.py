"""The bucket of a state on a server, by boto3.

usage: bucket.py URL make | bucket.py URL wait COUNT | bucket.py URL keys

`make` makes it, `wait` waits until the journal has so many objects, `keys` prints what is in it.
"""

import sys
import time

import boto3
from botocore.config import Config

BUCKET, REGION, JOURNAL = "wire-states", "eu-west-1", ".journal/"
PATIENCE_SECONDS = 60

url, what = sys.argv[1:3]
s3 = boto3.client("s3", region_name=REGION, endpoint_url=url, config=Config(s3={"addressing_style": "path"}))


def keys():
    return [found["Key"] for found in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


if what == "make":
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
elif what == "wait":
    end = time.monotonic() + PATIENCE_SECONDS
    while sum(JOURNAL in key for key in keys()) < int(sys.argv[3]):
        if time.monotonic() > end:
            raise SystemExit("the journal does not grow")
        time.sleep(0.02)
else:
    print("\n".join(keys()))
