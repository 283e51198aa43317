"""Deploys a release as described in docs/cloudformation.md: python deploy_release.py <folder> [Parameter=value ...]

Prints the outputs of the stack as JSON.
"""

import json
import pathlib
import sys

import boto3

STACK = "genesys-token-rotation"
BUCKET = "releases"
PREFIX = "genesys-token-rotation/1.0.0/"

folder, *parameters = sys.argv[1:]
s3 = boto3.client("s3")
cloudformation = boto3.client("cloudformation")

s3.create_bucket(Bucket=BUCKET)
for file in pathlib.Path(folder).iterdir():
    s3.put_object(Bucket=BUCKET, Key=PREFIX + file.name, Body=file.read_bytes())

stacks = [stack["StackName"] for stack in cloudformation.describe_stacks()["Stacks"]]
change, waiter = ("update", "stack_update_complete") if STACK in stacks else ("create", "stack_create_complete")
given = dict(parameter.split("=", 1) for parameter in parameters)
getattr(cloudformation, f"{change}_stack")(
    StackName=STACK,
    TemplateURL=f"{s3.meta.endpoint_url}/{BUCKET}/{PREFIX}template.json",
    Capabilities=["CAPABILITY_IAM"],
    Parameters=[
        {"ParameterKey": key, "ParameterValue": value}
        for key, value in {"CodeBucket": BUCKET, "CodePrefix": PREFIX, **given}.items()
    ],
)
cloudformation.get_waiter(waiter).wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
[stack] = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
print(json.dumps({output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}))
