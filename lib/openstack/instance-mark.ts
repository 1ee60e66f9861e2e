import { ourName } from "./marks";

/** What Nova has no field for, kept in the metadata of a server. */
export interface InstanceMark {
  readonly revision: number;
  /** Milliseconds since 1970: Nova counts seconds. */
  readonly createdAt: number;
  /** What the server was when the mark was written: somebody else's change is told by it. */
  readonly check: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ownershipId: string | null;
  readonly deletionProtection: boolean;
  /** The image that was asked for: names in Glance change, and move on to newer images. */
  readonly image?: { readonly id: string; readonly name: string } | undefined;
  /** The whole of the description where Nova has only what it can keep. */
  readonly description?: string | undefined;
  /** Digests of the idempotency key, and of the request that it stood for. */
  readonly key: string;
  readonly request: string;
}

/** How many characters Nova keeps in a piece of metadata. */
const pieceLength = 255;

const pieceName = new RegExp(`^${ourName}_(\\d+)$`);

/** A mark as metadata: JSON in pieces, in letters that every database can keep. */
export function encodeInstanceMark(mark: InstanceMark): Record<string, string> {
  const text = JSON.stringify(mark).replace(
    /[\u007f-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const pieces: Record<string, string> = {};
  for (let at = 0; at < text.length; at += pieceLength)
    pieces[`${ourName}_${at / pieceLength}`] = text.slice(at, at + pieceLength);
  return pieces;
}

/** Reads metadata; undefined for a server that somebody else has made. */
export function decodeInstanceMark(metadata: Readonly<Record<string, string>>): InstanceMark | undefined {
  const pieces = Object.keys(metadata)
    .filter(isOurPiece)
    .sort((a, b) => numberOf(a) - numberOf(b));
  try {
    const text = pieces.map((name) => metadata[name]).join("");
    return text === "" ? undefined : (JSON.parse(text) as InstanceMark);
  } catch {
    return undefined;
  }
}

/** Whether a piece of metadata is of a mark. */
export const isOurPiece = (name: string): boolean => pieceName.test(name);

const numberOf = (name: string): number => Number(pieceName.exec(name)![1]);

/** The tag by which a server is found again by the key of its create. */
export const keyTag = (key: string): string => `${ourName}-key-${key}`;
