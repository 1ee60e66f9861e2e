import { setTimeout as sleep } from "node:timers/promises";
import type { Cloud } from "./cloud";
import { isGone, type NovaServer } from "./server";
import { failed, faultOf, guardWait, patient, waitForServer } from "./server-wait";

/** How many looks in a row find a server in error and idle before nobody is taken to be deleting it. */
const idleLooks = 5;

/** How long a cancelled deletion is waited for: the server's port goes behind it, or nobody takes it away. */
const patienceMs = 60_000;

/**
 * Ends a server, and waits until it is gone.
 * @throws PlatformError `instance_failed` when Nova gives up; `unreachable` when it has been cancelled for a while
 */
export async function endServer(
  cloud: Cloud,
  id: string,
  signal: AbortSignal | undefined,
  patience = patienceMs,
): Promise<void> {
  const late = patient(signal, patience);
  await cloud.request("compute", "DELETE", `/servers/${id}`);
  let idle = 0;
  const left = await waitForServer(
    cloud,
    id,
    (server) => {
      const isIdle = server.status === "ERROR" && server["OS-EXT-STS:task_state"] === null;
      idle = isIdle ? idle + 1 : 0;
      return idle === idleLooks;
    },
    late,
  );
  if (left) {
    guardWait(left, "deleted", late);
    throw failed(left.name, "could not be deleted", faultOf(left));
  }
  // A server may be in lists for a moment longer, where a project that is deleted next would see it.
  for (let look = 1; look <= 20 && (await isListed(cloud, id)); look++) await sleep(250);
}

const isListed = async (cloud: Cloud, id: string): Promise<boolean> =>
  (await cloud.list<NovaServer>("compute", "/servers/detail", "servers", { uuid: id })).some(
    (server) => server.id === id && !isGone(server),
  );
