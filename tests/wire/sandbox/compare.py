"""boto3 against `smd sandbox serve` and against moto.

usage: compare.py SANDBOX_URL MOTO_URL
"""

import sys

import ec2
import iam
import kms
import ram
import s3
import sagemaker
from steps import compare

scenarios = iam.SCENARIOS + ec2.SCENARIOS + kms.SCENARIOS + ram.SCENARIOS + s3.SCENARIOS + sagemaker.SCENARIOS
compare(sys.argv[1], sys.argv[2], scenarios)
