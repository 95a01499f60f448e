"""S3: buckets, objects, conditions, lists, refusals."""

from steps import REGION

BUCKET = "wire-states"
PLACE = {"LocationConstraint": REGION}


def objects(s):
    s3 = s.client("s3")
    put = lambda key="state", **extra: s3.put_object(Bucket=BUCKET, Key=key, **{"Body": b"1", **extra})  # noqa: E731
    s.fails("put without a bucket", "NoSuchBucket", put)
    s.do("create the bucket", lambda: s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=PLACE))
    s.fails("create it again", "BucketAlreadyOwnedByYou", lambda: s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=PLACE))
    s.do("head the bucket", lambda: s3.head_bucket(Bucket=BUCKET))
    s.fails("head another", "404", lambda: s3.head_bucket(Bucket="wire-none"))
    s.do("list buckets", lambda: s3.list_buckets(), lambda r: [b["Name"] for b in r["Buckets"]])
    s.fails("put if it matches what is not there", "NoSuchKey", lambda: put(IfMatch='"0"'))
    first = s.do("put if absent", lambda: put(IfNoneMatch="*", Metadata={"fence": "7"}), lambda r: r["ETag"])["ETag"]
    s.fails("put if absent again", "PreconditionFailed", lambda: put(IfNoneMatch="*"))
    s.fails("put if it matches another", "PreconditionFailed", lambda: put(IfMatch='"0"'))
    second = s.do("put if it matches", lambda: put(Body=b"two", IfMatch=first), lambda r: r["ETag"])["ETag"]
    s.do("get", lambda: s3.get_object(Bucket=BUCKET, Key="state"), lambda r: [r["ETag"], r["ContentLength"], r["Body"].read().decode(), r["Metadata"]])
    s.do("head", lambda: s3.head_object(Bucket=BUCKET, Key="state"), lambda r: [r["ETag"], r["ContentLength"]])
    s.fails("get what is not there", "NoSuchKey", lambda: s3.get_object(Bucket=BUCKET, Key="none"))
    s.fails("head what is not there", "404", lambda: s3.head_object(Bucket=BUCKET, Key="none"))
    for key in ("a b/1", "a b/2", "a b/c/3", "ä"):
        s.do(f"put {key}", lambda: put(key), lambda r: r["ETag"])
    listed = lambda r: [[o["Key"], o["ETag"], o["Size"]] for o in r.get("Contents", [])] + r.get("CommonPrefixes", []) + [r["KeyCount"], r["IsTruncated"]]  # noqa: E731
    s.do("list", lambda: s3.list_objects_v2(Bucket=BUCKET), listed)
    s.do("list a prefix", lambda: s3.list_objects_v2(Bucket=BUCKET, Prefix="a b/"), listed)
    s.do("list folders", lambda: s3.list_objects_v2(Bucket=BUCKET, Delimiter="/"), listed)
    page = s.do("list a page", lambda: s3.list_objects_v2(Bucket=BUCKET, MaxKeys=2), listed)
    s.do("list the next", lambda: s3.list_objects_v2(Bucket=BUCKET, ContinuationToken=page["NextContinuationToken"]), listed)
    s.do("list after", lambda: s3.list_objects_v2(Bucket=BUCKET, StartAfter="a b/2"), listed)
    s.fails("delete if it matches another", "PreconditionFailed", lambda: s3.delete_object(Bucket=BUCKET, Key="state", IfMatch=first))
    s.fails("delete the bucket", "BucketNotEmpty", lambda: s3.delete_bucket(Bucket=BUCKET))
    s.do("delete if it matches", lambda: s3.delete_object(Bucket=BUCKET, Key="state", IfMatch=second))
    s.do("delete what is not there", lambda: s3.delete_object(Bucket=BUCKET, Key="state"))
    for key in ("a b/1", "a b/2", "a b/c/3", "ä"):
        s.do(f"delete {key}", lambda: s3.delete_object(Bucket=BUCKET, Key=key))
    s.do("delete the empty bucket", lambda: s3.delete_bucket(Bucket=BUCKET))
    s.fails("list what is gone", "NoSuchBucket", lambda: s3.list_objects_v2(Bucket=BUCKET))


SCENARIOS = [objects]
