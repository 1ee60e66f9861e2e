import { endServer } from "../../lib/openstack/server-end";
import { rejection } from "../../lib/testing/conformance/rejection";
import { cleanUp } from "../support/clean-up";
import { keystone, variablesFor } from "../support/keystone";
import { openCloud } from "../support/openstack-lab";

afterEach(cleanUp);

/** A server that Nova has promised to delete. */
async function deleting(server: object) {
  const { url, seen } = await keystone(({ method }) =>
    method === "DELETE"
      ? { status: 204 }
      : { body: { server: { id: "s1", name: "web", tenant_id: "p1", ...server }, servers: [] } },
  );
  return { cloud: await openCloud(variablesFor(url)), looks: () => seen.length - 2 };
}

test("a server that Nova cannot delete is told with its fault", async () => {
  const { cloud, looks } = await deleting({
    ...{ status: "ERROR", "OS-EXT-STS:task_state": null },
    fault: { message: "Failed to detach the volume" },
  });
  const error = await rejection(endServer(cloud, "s1", undefined), "instance_failed");
  expect(error.message).toBe("The instance web could not be deleted: Failed to detach the volume.");
  expect(looks()).toBe(5);
});

test("who waits for a server to go gives up a while after being told so, and is told what goes on", async () => {
  const { cloud } = await deleting({ status: "ACTIVE", "OS-EXT-STS:task_state": "deleting" });
  const stop = new AbortController();
  const began = performance.now();
  const ended = rejection(endServer(cloud, "s1", stop.signal, 700), "unreachable");
  setTimeout(() => stop.abort(new Error("stopped")), 300);
  const error = await ended;
  // Not at once: what goes behind the server would be left.
  expect(performance.now() - began).toBeGreaterThanOrEqual(990);
  expect(error.message).toContain(
    "The instance web was still being deleted when the wait for it was cancelled",
  );
  expect(error.details).toEqual({ reason: "cancelled" });
});
