/**
 * A company's own VM platform behind Fairlead's `Platform`, in one file. The company calls projects tenants, instances
 * boxes and forwards holes; a change of its API is begun at once and done later; a request that is sent twice makes two
 * things; and there is a memo for whatever its customers like.
 *
 * `npx tsx examples/custom-platform/run.ts` starts the company and serves this; docs/platform.md says how to write
 * another one, and test/e2e/custom-platform.test.ts runs Fairlead's conformance suite on it.
 */
import { setTimeout as pause } from "node:timers/promises";
import {
  Capabilities,
  type CapabilityName,
  contractEdition,
  type PlainCollection,
  type Platform,
  PlatformError,
  plainPlatform,
  type Wanted,
} from "fairlead/platform";
import type { Box, Catalogue, Hole, Job, Kind, Me, Refusal, Tenant } from "./company/records";

/** The platform behind the company's API at `url`, with the rights of a key. */
export function companyPlatform(url: string, key: string): Platform {
  async function ask<T>(method: string, path: string, body?: object): Promise<T> {
    const headers = { "x-key": key };
    const sent = fetch(`${url}/${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const response = await sent.catch((cause) => {
      throw new PlatformError("unreachable", `There is no answer from ${url}.`, { cause });
    });
    if (response.ok) return (await response.json()) as T;
    const code = response.status === 401 ? "unauthenticated" : "internal";
    throw new PlatformError(code, `${method} /${path} was answered with ${response.status}.`);
  }
  const me = () => ask<Me>("GET", "me");
  const catalogue = () => ask<Catalogue>("GET", "catalogue");

  /** Begins a change and waits until it is done; resolves with the id of what was changed. */
  async function change(method: "POST" | "PUT" | "DELETE", path: string, body?: object): Promise<string> {
    const { job } = await ask<{ job: number }>(method, path, body);
    for (let wait = 5; ; wait = Math.min(wait * 2, 1_000)) {
      const now = await ask<Job>("GET", `jobs/${job}`);
      if (now.state === "DONE") return String(now.no);
      if (now.state === "FAILED") throw refusal(now.why);
      await pause(wait);
    }
  }

  /** A kind of things in both languages. */
  const things = <T extends Tenant | Box | Hole, P, E>(
    kind: Kind,
    read: (thing: T, me: Me) => P,
    write: (wanted: Wanted<E>) => object,
  ): PlainCollection<P, E> => ({
    async list() {
      const [all, who] = await Promise.all([ask<T[]>("GET", kind), me()]);
      return all.map((thing) => read(thing, who));
    },
    put: (wanted, memo, id) =>
      id === undefined
        ? change("POST", kind, { ...write(wanted), memo })
        : change("PUT", `${kind}/${id}`, { ...write(wanted), memo }),
    delete: async (id) => void (await change("DELETE", `${kind}/${id}`)),
  });

  return plainPlatform({
    async info() {
      const { may, outer } = await me();
      const names = Object.keys(Capabilities.shape) as CapabilityName[];
      const nothing = Object.fromEntries(names.map((name) => [name, false])) as Capabilities;
      return {
        version: "1.0.0",
        contractEdition,
        capabilities: {
          ...nothing,
          projectManagement: may.includes("tenants"),
          instanceManagement: may.includes("boxes"),
        },
        externalPorts: { from: outer.low, to: outer.high },
        sharedExternalIps: true,
      };
    },
    images: async () =>
      (await catalogue()).disks.map(({ title, about }) => ({ name: title, description: about })),
    flavors: async () =>
      (await catalogue()).sizes.map(({ title, about, mb, cores }) => ({
        ...{ name: title, description: about, memoryMib: mb, cpus: cores },
      })),
    projects: things(
      "tenants",
      (tenant: Tenant, { public_ip }) => ({
        ...common(tenant),
        name: tenant.title,
        externalIps: [public_ip],
        privateCidr: tenant.net,
      }),
      ({ name }) => ({ title: name }),
    ),
    instances: things(
      "boxes",
      (box: Box) => ({
        ...common(box),
        projectId: String(box.tenant_no),
        name: box.title,
        image: box.disk,
        flavor: box.size,
        privateIp: box.ip,
        status: box.state === "UP" ? "active" : "stopped",
      }),
      ({ projectId, name, image, flavor }) => ({
        ...{ tenant_no: Number(projectId), title: name, disk: image, size: flavor },
      }),
    ),
    portForwards: things(
      "holes",
      (hole: Hole, { public_ip }) => ({
        ...common(hole),
        projectId: String(hole.tenant_no),
        instanceId: hole.box_no === null ? null : String(hole.box_no),
        protocol: hole.kind === "UDP" ? "udp" : "tcp",
        internalPort: hole.inner,
        externalPort: hole.outer,
        externalIp: public_ip,
      }),
      ({ instanceId, protocol, internalPort, externalPort }) => ({
        box_no: instanceId == null ? null : Number(instanceId),
        kind: protocol?.toUpperCase(),
        inner: internalPort,
        outer: externalPort,
      }),
    ),
  });
}

const common = ({ no, born_at, memo }: Tenant | Box | Hole) => ({
  ...{ id: String(no), createdAt: new Date(born_at).toISOString(), memo },
});

/** A job that failed although the contract's rules allow it. */
function refusal(why: Refusal): PlatformError {
  if (why !== "OUTER_UNAVAILABLE")
    return new PlatformError("internal", `The company refused the change: ${why}.`);
  const text = "Another program listens at that port of the company's address.";
  return new PlatformError("external_port_unavailable", text, { field: "/externalPort" });
}
