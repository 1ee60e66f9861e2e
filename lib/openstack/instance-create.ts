import { randomBytes } from "node:crypto";
import type * as z from "zod";
import { type collections, type Instance, type KeyMark, type MadeBefore, PlatformError } from "../contract";
import type { Cloud } from "./cloud";
import type { Context } from "./context";
import { findFlavor } from "./flavor";
import type { ForwardDesk } from "./forward-desk";
import { removePort } from "./forward-removal";
import { findImage } from "./image";
import { decodeInstanceMark, encodeInstanceMark, type InstanceMark, keyTag } from "./instance-mark";
import { isOurPort, portBody, portName } from "./instance-port";
import { isLostReply, lookFor } from "./lost-reply";
import { ourTag } from "./marks";
import type { NeutronPort } from "./neutron";
import { checkOf, type NovaServer, novaDescription, toInstance } from "./server";
import { endServer } from "./server-end";
import { failed, faultOf, waitForServer } from "./server-wait";

type Body = z.output<(typeof collections.instances)["create"]>;

/** What Nova takes as user data, in base64. */
const userDataRoom = 65_535;

/**
 * Makes a server on a port that is made before, so that a rebuilt server does not lose its forwards, and waits until it
 * runs. One that does not start leaves nothing; one whose making was cut off is found again by its key.
 */
export async function createInstance(
  context: Context,
  desk: ForwardDesk,
  body: Body,
  key: KeyMark | undefined,
  signal: AbortSignal | undefined,
): Promise<Instance> {
  const { cloud } = desk;
  const userData = encodeUserData(body.userData);
  const [image, flavor] = await Promise.all([
    findImage(cloud, body.image, signal),
    findFlavor(cloud, body.flavor, signal),
  ]);
  // Without a key of its own a server has one all the same: a lost reply is looked for by it.
  const mark = key ?? { key: randomBytes(12).toString("base64url"), request: "" };
  const port = (key && (await leftPort(desk, key))) ?? (await makePort(context, desk, body, mark));
  let id: string;
  try {
    id = await post(desk, {
      ...{ name: body.name, description: novaDescription(body.description) },
      ...{ imageRef: image.id, flavorRef: flavor.id, networks: [{ port: port.id }] },
      metadata: encodeInstanceMark(markOf(body, mark, image.id)),
      tags: [ourTag, keyTag(mark.key)],
      ...(userData === undefined ? {} : { user_data: userData }),
    });
  } catch (error) {
    const look = async () => (await serversOf(desk, mark.key))[0];
    const made = isLostReply(error) ? await lookFor(look, signal) : undefined;
    if (!made) {
      await removePort(desk, port.id);
      throw error;
    }
    id = made.id;
  }
  return started(desk, id, body, port, signal);
}

/** What a key has made before, running; what did not start is removed, to be made anew. */
export async function runningInstance(
  desk: ForwardDesk,
  { key }: KeyMark,
  body: Body,
  signal: AbortSignal | undefined,
): Promise<MadeBefore<Instance> | undefined> {
  const [server] = await serversOf(desk, key, signal);
  if (!server) return undefined;
  const request = decodeInstanceMark(server.metadata)?.request;
  if (server.status === "ERROR") {
    await removeServer(desk, server, signal);
    return undefined;
  }
  return { request, entity: await started(desk, server.id, body, undefined, signal) };
}

/** Removes a server and the port that was made for it. */
async function removeServer(
  desk: ForwardDesk,
  server: NovaServer,
  signal: AbortSignal | undefined,
): Promise<void> {
  const ports = await ourPortsOf(desk.cloud, server);
  await endServer(desk.cloud, server.id, signal);
  for (const { id } of ports) await removePort(desk, id);
}

/** The port that was made for a server; where no host was found for the server, it is not plugged in, and has its name alone. */
export async function ourPortsOf(cloud: Cloud, { id, metadata }: NovaServer): Promise<NeutronPort[]> {
  const key = decodeInstanceMark(metadata)?.key;
  const places = [{ device_id: id }, ...(key === undefined ? [] : [{ name: portName(key) }])];
  const found = await Promise.all(
    places.map((place) =>
      cloud.list<NeutronPort>("network", "/ports", "ports", { project_id: cloud.projectId, ...place }),
    ),
  );
  const ours = found.flat().filter((port) => isOurPort(port) && ["", id].includes(port.device_id));
  return [...new Map(ours.map((port) => [port.id, port])).values()];
}

async function started(
  desk: ForwardDesk,
  id: string,
  body: Body,
  port: NeutronPort | undefined,
  signal: AbortSignal | undefined,
): Promise<Instance> {
  const server = await waitForServer(desk.cloud, id, ({ status }) => status !== "BUILD", signal);
  if (!server) throw failed(body.name, "was deleted while it was made", "somebody else did that.");
  if (server.status === "ERROR") {
    const why = (more = "") =>
      failed(
        body.name,
        `(image ${body.image}, flavor ${body.flavor}) did not start`,
        `${faultOf(server)}${more}`,
      );
    await removeServer(desk, server, signal).catch((error: Error) => {
      throw why(` It could not be removed, either: ${error.message}`);
    });
    throw why();
  }
  const instance = toInstance(server, new Map());
  if (port) {
    // Nova has plugged the port in; where forwards look for it, it is known now.
    const plugged = { ...port, device_id: id, device_owner: "compute:nova" };
    await desk.book.note(({ ports }) => ports.set(port.id, plugged));
  }
  return { ...instance, privateIp: instance.privateIp || (port?.fixed_ips[0]?.ip_address ?? "") };
}

async function makePort(
  context: Context,
  { cloud }: ForwardDesk,
  body: Body,
  { key }: KeyMark,
): Promise<NeutronPort> {
  const { networkId, subnetId } = await context.networks.ensure(cloud);
  const { port } = await cloud.request<{ port: NeutronPort }>("network", "POST", "/ports", {
    body: {
      port: { ...portBody(key, body.name), network_id: networkId, fixed_ips: [{ subnet_id: subnetId }] },
    },
  });
  return port;
}

/** The port of a create that was cut off before its server was made. */
async function leftPort({ cloud }: ForwardDesk, { key }: KeyMark): Promise<NeutronPort | undefined> {
  const query = { project_id: cloud.projectId, name: portName(key) };
  const ports = await cloud.list<NeutronPort>("network", "/ports", "ports", query);
  return ports.find(({ device_id }) => device_id === "");
}

async function post({ cloud }: ForwardDesk, server: object): Promise<string> {
  const answer = await cloud.request<{ server: { id: string } }>("compute", "POST", "/servers", {
    body: { server },
  });
  return answer.server.id;
}

const serversOf = ({ cloud }: ForwardDesk, key: string, signal?: AbortSignal): Promise<NovaServer[]> =>
  cloud.list<NovaServer>("compute", "/servers/detail", "servers", { tags: keyTag(key) }, { signal });

function markOf(body: Body, { key, request }: KeyMark, imageId: string): InstanceMark {
  const { labels, ownershipId, deletionProtection, description } = body;
  return {
    ...{ revision: 1, createdAt: Date.now(), check: checkOf(body) },
    ...{ labels, ownershipId, deletionProtection, key, request, image: { id: imageId, name: body.image } },
    ...(description === novaDescription(description) ? {} : { description }),
  };
}

/** @throws PlatformError `invalid_argument` when Nova takes less than the contract allows */
function encodeUserData(userData: string | undefined): string | undefined {
  if (userData === undefined) return undefined;
  const encoded = Buffer.from(userData).toString("base64");
  if (encoded.length <= userDataRoom) return encoded;
  throw new PlatformError(
    "invalid_argument",
    `userData has ${Buffer.byteLength(userData)} bytes, but OpenStack takes at most ${Math.floor(userDataRoom / 4) * 3}.`,
    { field: "/userData" },
  );
}
