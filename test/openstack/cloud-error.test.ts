import { CloudError } from "../../lib/openstack/cloud";
import { inOurWords } from "../../lib/openstack/cloud-error";
import { rejection } from "../../lib/testing/conformance/rejection";

const refused = (status: number, message: string, type?: string) =>
  inOurWords("The instance web could not be made", () =>
    Promise.reject(new CloudError("compute", status, message, "req-1", type)),
  );

test("what a cloud refuses is told in its own words, with the request to look for", async () => {
  const error = await rejection(
    refused(409, "Cannot 'resize' instance while it is in task_state migrating"),
    "cloud_refused",
  );
  expect(error).toMatchObject({
    message:
      "The instance web could not be made: Cannot 'resize' instance while it is in task_state migrating.",
    requestId: "req-1",
    details: { service: "compute", status: 409 },
  });
});

test.each([
  [403, "Policy doesn't allow os_compute_api:servers:create to be performed.", undefined, "forbidden"],
  [
    403,
    "Quota exceeded for instances: Requested 1, but already used 10 of 10 instances",
    undefined,
    "quota_exceeded",
  ],
  [409, "Quota exceeded for resources: ['floatingip'].", "OverQuota", "quota_exceeded"],
  [
    409,
    "No more IP addresses available on network x.",
    "IpAddressGenerationFailure",
    "private_addresses_exhausted",
  ],
  [404, "Instance x could not be found.", undefined, "not_found"],
  [401, "The request you have made requires authentication.", undefined, "unauthenticated"],
  [503, "Service unavailable", undefined, "unreachable"],
  [
    500,
    "Request Failed: internal server error while processing your request.",
    "HTTPInternalServerError",
    "internal",
  ],
] as const)("HTTP %i %s %s", async (status, message, type, code) => {
  expect((await rejection(refused(status, message, type), code)).message).toContain(message);
});

test("errors that are ours already stay as they are", async () => {
  const error = new Error("a mistake");
  await expect(inOurWords("Nothing", () => Promise.reject(error))).rejects.toBe(error);
});
