import type { Instance } from "../contract";
import { type Cloud, isAnswer } from "./cloud";
import { decodeInstanceMark, type InstanceMark } from "./instance-mark";
import { digestOf } from "./marks";

/** A server as Nova describes it. */
export interface NovaServer {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly tenant_id: string;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** Empty where the server boots from a volume. */
  readonly image: { readonly id: string } | "";
  readonly flavor: { readonly original_name: string };
  readonly created: string;
  readonly updated: string;
  readonly addresses: Readonly<
    Record<string, readonly { readonly version: number; readonly addr: string }[]>
  >;
  readonly fault?: { readonly message: string };
  readonly "OS-EXT-STS:task_state": string | null;
}

const statuses: Readonly<Record<string, Instance["status"]>> = {
  BUILD: "building",
  REBUILD: "building",
  SHUTOFF: "stopped",
  SUSPENDED: "stopped",
  PAUSED: "stopped",
  SHELVED: "stopped",
  SHELVED_OFFLOADED: "stopped",
  ERROR: "error",
  DELETED: "error",
  SOFT_DELETED: "error",
  UNKNOWN: "error",
};

/** What an instance is said to run that boots from a volume. */
const bootVolume = "(a volume)";

/** The name by which a server of ours was given the image that it runs; undefined for others, and where it was rebuilt. */
export function ownImageName({ image, metadata }: NovaServer): string | undefined {
  const asked = decodeInstanceMark(metadata)?.image;
  return image !== "" && asked?.id === image.id ? asked.name : undefined;
}

/**
 * A server as the contract has it.
 * @param images names of images, for a server that does not bear its own
 */
export function toInstance(server: NovaServer, images: ReadonlyMap<string, string>): Instance {
  const mark = decodeInstanceMark(server.metadata);
  const { image } = server;
  return {
    id: server.id,
    projectId: server.tenant_id,
    name: server.name,
    description: descriptionOf(server, mark),
    labels: { ...mark?.labels },
    image: ownImageName(server) ?? (image === "" ? bootVolume : (images.get(image.id) ?? image.id)),
    flavor: server.flavor.original_name,
    sshKeys: [],
    deletionProtection: mark?.deletionProtection ?? false,
    privateIp: addressOf(server) ?? "",
    status: statuses[server.status] ?? "active",
    ownershipId: mark?.ownershipId ?? null,
    revision: revisionOf(server, mark),
    createdAt: new Date(mark?.createdAt ?? Date.parse(server.created)).toISOString(),
  };
}

/** A server as it is now; undefined where the project has it no more. */
export async function readServer(
  cloud: Cloud,
  id: string,
  signal?: AbortSignal,
): Promise<NovaServer | undefined> {
  try {
    const path = `/servers/${encodeURIComponent(id)}`;
    const { server } = await cloud.request<{ server: NovaServer }>("compute", "GET", path, { signal });
    const isHere = server.tenant_id === cloud.projectId && !isGone(server);
    return isHere ? server : undefined;
  } catch (error) {
    // 400: what is no id of a server at all.
    if (isAnswer(error, 404, 400)) return undefined;
    throw error;
  }
}

/** Whether a server is there for its operator alone, to be brought back. */
export const isGone = ({ status }: NovaServer): boolean => ["DELETED", "SOFT_DELETED"].includes(status);

/** The name, flavor and description in four letters: a server whose mark has others was changed by somebody else. */
export const checkOf = (server: {
  readonly name: string;
  readonly flavor: string;
  readonly description: string;
}): string => digestOf(`${server.name}\n${server.flavor}\n${novaDescription(server.description)}`, 4);

/** What Nova can keep of a description: 255 characters, none of them of control, none beyond its database. */
export function novaDescription(text: string): string {
  return text
    .replace(/[\u{10000}-\u{10ffff}]/gu, "?")
    .replace(/\p{C}/gu, " ")
    .slice(0, 255);
}

function descriptionOf({ description }: NovaServer, mark: InstanceMark | undefined): string {
  const kept = mark?.description;
  // Somebody who describes the server anew is taken at their word.
  return kept !== undefined && novaDescription(kept) === (description ?? "") ? kept : (description ?? "");
}

function revisionOf(server: NovaServer, mark: InstanceMark | undefined): number {
  if (!mark) return Math.max(1, Math.floor(Date.parse(server.updated) / 1000));
  const now = {
    name: server.name,
    flavor: server.flavor.original_name,
    description: server.description ?? "",
  };
  const check = checkOf(now);
  if (check === mark.check) return mark.revision;
  return 1000 + mark.revision + Number.parseInt(Buffer.from(check).toString("hex"), 16);
}

function addressOf({ addresses }: NovaServer): string | undefined {
  return Object.values(addresses)
    .flat()
    .find(({ version }) => version === 4)?.addr;
}
