import type { KeyMark } from "../contract";

/** What an API without words for it is given to keep. */
export interface Memo extends Partial<KeyMark> {
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ownershipId: string | null;
  readonly revision: number;
}

const format = "fairlead/1";

export const memoText = (memo: Memo): string => JSON.stringify({ format, ...memo });

/** What is in a memo; one that somebody else has written is a description. */
export function readMemo(text: string): Memo {
  const written = text.startsWith(`{"format":"${format}"`) ? parsed(text) : undefined;
  if (!written) return { description: text.slice(0, 1000), labels: {}, ownershipId: null, revision: 1 };
  const { description, labels, ownershipId, revision, key, request } = written;
  return { description, labels, ownershipId, revision, ...(key === undefined ? {} : { key, request }) };
}

function parsed(text: string): Memo | undefined {
  try {
    return JSON.parse(text) as Memo;
  } catch {
    return undefined;
  }
}
