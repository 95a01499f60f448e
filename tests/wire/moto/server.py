"""moto's server with one answer put right.

AWS says `ResourceNotFound` of a domain that is not there; moto says `ValidationException`, which AWS uses for wrong
arguments only. smd works around nothing for moto's sake, so it is mended here.

usage: server.py, with the arguments of moto_server
"""

from moto.sagemaker.exceptions import ResourceNotFound, ValidationError
from moto.sagemaker.models import SageMakerModelBackend
from moto.server import main


def as_aws_says(method):
    def mended(self, domain_id, *args, **kwargs):
        try:
            return method(self, domain_id, *args, **kwargs)
        except ValidationError as error:
            raise ResourceNotFound(f"Domain {domain_id} does not exist") from error

    return mended


SageMakerModelBackend.describe_domain = as_aws_says(SageMakerModelBackend.describe_domain)
SageMakerModelBackend.delete_domain = as_aws_says(SageMakerModelBackend.delete_domain)

main()
