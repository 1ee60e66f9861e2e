import { PlatformError } from "../contract";

/** What Neutron has no room for, kept in the description of a forward behind the user's own text. */
export interface ForwardMark {
  /** The forward's id where that is not Neutron's: it has had another address before. */
  readonly id?: string | undefined;
  readonly description: string;
  readonly revision: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** What the forward was when the mark was written, as `checkOf` has it: somebody else's change is told by it. */
  readonly check: string;
  readonly deletionProtection: boolean;
  readonly ownershipId: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Digest of the idempotency key, and of the request that it stood for. */
  readonly key?: string | undefined;
  readonly request?: string | undefined;
}

/** How many characters Neutron keeps; more are an internal server error there. */
const room = 255;

const begin = "[fairlead:";
const pattern = /^(.*?) ?\[fairlead:([0-9a-z]+)\.([0-9a-z]+)\.(\w+)\.([\w-]*)\.([\w-]*)\.(p?)(\{.*\})?\]$/su;

/**
 * The description of a forward: `web service [fairlead:1.m3x0.k2f9.Gd8...2hA.p{"o":"shop/dev"}]`.
 * @throws PlatformError `invalid_argument` when it does not fit
 */
export function encodeForwardMark(mark: ForwardMark): string {
  const { id, ownershipId, labels } = mark;
  const long = {
    ...(id === undefined ? {} : { i: id }),
    ...(ownershipId === null ? {} : { o: ownershipId }),
    ...(Object.keys(labels).length === 0 ? {} : { l: labels }),
  };
  const short = [
    ...[mark.revision.toString(36), mark.createdAt.toString(36), mark.check],
    ...[mark.key ?? "", mark.request ?? "", mark.deletionProtection ? "p" : ""],
  ].join(".");
  const json = Object.keys(long).length === 0 ? "" : JSON.stringify(long);
  const text = escapeAstral(`${mark.description}${mark.description ? " " : ""}${begin}${short}${json}]`);
  if (text.length <= room) return text;
  const used = escapeAstral(mark.description + json).length;
  const field = mark.description.length > json.length ? "description" : "labels";
  throw new PlatformError(
    "invalid_argument",
    `The description, the labels and the ownership id of a forward take ${used} characters together, but OpenStack ` +
      `keeps ${used - (text.length - room)} of them with a forward: shorten them by ${text.length - room}.`,
    { field: `/${field}` },
  );
}

/** Reads a description; without a mark it is somebody else's, and the whole of it is text for people. */
export function decodeForwardMark(text: string): ForwardMark | undefined {
  const match = pattern.exec(unescapeAstral(text));
  if (!match) return undefined;
  const [, description, revision, createdAt, check, key, request, flag, json] = match;
  let long: { i?: string; o?: string; l?: Record<string, string> };
  try {
    long = json === undefined ? {} : JSON.parse(json);
  } catch {
    return undefined;
  }
  return {
    ...{ id: long.i, description: description!, check: check! },
    ...{ revision: Number.parseInt(revision!, 36), createdAt: Number.parseInt(createdAt!, 36) },
    ...{ deletionProtection: flag === "p", ownershipId: long.o ?? null, labels: long.l ?? {} },
    ...{ key: key || undefined, request: request || undefined },
  };
}

/** Characters of more than two bytes in UTF-16, emoji for example, are an error in many a cloud's database. */
function escapeAstral(text: string): string {
  return text.replace(/[\u{10000}-\u{10ffff}]/gu, (symbol) => `&#x${symbol.codePointAt(0)!.toString(16)};`);
}

function unescapeAstral(text: string): string {
  return text.replace(/&#x(10[0-9a-f]{4}|[1-9a-f][0-9a-f]{4});/g, (_, code) =>
    String.fromCodePoint(Number.parseInt(code, 16)),
  );
}
