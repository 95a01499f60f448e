"""boto3 against `smd sandbox serve` and against moto.

usage: compare.py SANDBOX_URL MOTO_URL
"""

import sys

import ec2
import iam
import kms
import sagemaker
from steps import compare

compare(sys.argv[1], sys.argv[2], iam.SCENARIOS + ec2.SCENARIOS + kms.SCENARIOS + sagemaker.SCENARIOS)
