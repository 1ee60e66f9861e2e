"""What schemathesis is told of this API: ids that are there, so that its calls get behind the first check, and
secrets that no answer may hold."""

import json
import os
import random
import urllib.request

import schemathesis

ENDPOINT = os.environ["FAIRLEAD_ENDPOINT"]
TOKEN = os.environ["FAIRLEAD_TOKEN"]
CHANGEABLE = ["projects", "instances", "port-forwards"]
SECRETS = [TOKEN, os.environ["PLANTED_SECRET"]]


def items(collection):
    request = urllib.request.Request(
        f"{ENDPOINT}/v1/{collection}?limit=50", headers={"authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["items"]


def collection_of(context):
    """`port-forwards` of `/v1/port-forwards/{id}`."""
    return context.operation.path.split("/")[2] if context.operation.path.startswith("/v1/") else ""


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Three of four calls of an object are of one that is there; the planted one stays what it is."""
    collection = collection_of(context)
    if path_parameters and "id" in path_parameters and random.random() < 0.75:
        if collection not in CHANGEABLE:
            return path_parameters
        found = [item for item in items(collection) if "planted" not in item["labels"]]
        if found:
            path_parameters["id"] = random.choice(found)["id"]
    return path_parameters


@schemathesis.hook
def map_body(context, body):
    """Objects are made in a project that is there, of an image and a flavor that are, for most of the time."""
    if not isinstance(body, dict) or random.random() < 0.25:
        return body
    collection = collection_of(context)
    instances = items("instances")
    if collection == "port-forwards" and instances:
        target = random.choice(instances)
        if "projectId" in body:
            body["projectId"] = target["projectId"]
        if "instanceId" in body:
            body["instanceId"] = target["id"]
        if isinstance(body.get("externalPort"), int):
            body["externalPort"] = 20000 + body["externalPort"] % 200
        body.pop("externalIp", None)
    if collection == "instances":
        if "projectId" in body:
            body["projectId"] = random.choice(items("projects"))["id"]
            body["image"] = "idle"
        if "flavor" in body:
            body["flavor"] = "small"
    return body


@schemathesis.check
def no_planted_secret(context, response, case):
    """Neither user data nor the token comes back, in whatever form an answer has."""
    told = response.content.decode("utf-8", "replace") + str(dict(response.headers))
    for secret in SECRETS:
        assert secret not in told, "an answer holds a planted secret"
