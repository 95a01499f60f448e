"""KMS: keys, aliases, data keys, refusals."""

import uuid

ABSENT = "12345678-1234-1234-1234-123456789012"
CONTEXT = {"smd:stack": "demo"}


def data_keys(s):
    kms = s.client("kms")
    made = s.do(
        "create",
        lambda: kms.create_key(Description="d"),
        lambda r: [r["KeyMetadata"][k] for k in ("Description", "Enabled", "KeyState", "AWSAccountId")],
    )["KeyMetadata"]
    alias = f"alias/{uuid.uuid4()}"
    s.do("alias", lambda: kms.create_alias(AliasName=alias, TargetKeyId=made["KeyId"]))
    s.fails("same alias", "AlreadyExistsException", lambda: kms.create_alias(AliasName=alias, TargetKeyId=made["KeyId"]))
    s.fails("alias without its prefix", "ValidationException", lambda: kms.create_alias(AliasName="x", TargetKeyId=made["KeyId"]))
    s.do("describe by alias", lambda: kms.describe_key(KeyId=alias), lambda r: r["KeyMetadata"]["Arn"] == made["Arn"])
    key = s.do(
        "data key",
        lambda: kms.generate_data_key(KeyId=alias, KeySpec="AES_256", EncryptionContext=CONTEXT),
        lambda r: [len(r["Plaintext"]), r["KeyId"] == made["Arn"]],
    )
    blob = key["CiphertextBlob"]
    s.do(
        "decrypt",
        lambda: kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT),
        lambda r: [r["Plaintext"] == key["Plaintext"], r["KeyId"] == made["Arn"]],
    )
    s.fails("another context", "InvalidCiphertextException", lambda: kms.decrypt(CiphertextBlob=blob, EncryptionContext={"smd:stack": "other"}))
    s.fails("no ciphertext", "InvalidCiphertextException", lambda: kms.decrypt(CiphertextBlob=b"x" * 100), moto=False)
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    s.fails("another key", "IncorrectKeyException", lambda: kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT, KeyId=other), moto=False)
    s.do("disable", lambda: kms.disable_key(KeyId=made["KeyId"]))
    s.do("disabled", lambda: kms.describe_key(KeyId=made["KeyId"]), lambda r: [r["KeyMetadata"][k] for k in ("Enabled", "KeyState")])
    s.fails("of a disabled key", "DisabledException", lambda: kms.generate_data_key(KeyId=alias, KeySpec="AES_256"), moto=False)
    s.do("enable", lambda: kms.enable_key(KeyId=made["KeyId"]))
    s.fails("unknown key", "NotFoundException", lambda: kms.describe_key(KeyId=ABSENT))
    s.fails("unknown alias", "NotFoundException", lambda: kms.generate_data_key(KeyId="alias/none", KeySpec="AES_256"))
    s.fails("neither size nor spec", "ValidationException", lambda: kms.generate_data_key(KeyId=alias))


SCENARIOS = [data_keys]
