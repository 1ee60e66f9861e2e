import { createHash } from "node:crypto";

/** What every object that Fairlead makes is called, and begins its description with, for those who meet it elsewhere. */
export const ourName = "fairlead";
const ourWords = "Made by Fairlead";

/** Tag of the Keystone projects that Fairlead has made. */
export const ourTag = ourName;

/** A description that says whose an object is, and how long it stays. */
export const ourDescription = (purpose: string): string => `${ourWords} ${purpose}`;

/** Whether Fairlead has made an object of the network. */
export function isMadeByUs({
  name,
  description,
}: {
  readonly name?: string;
  readonly description?: string;
}): boolean {
  return (name === undefined || name === ourName) && description?.startsWith(ourWords) === true;
}

/** What cannot be read back from a key or request, but compared: base64url, of that many characters. */
export function digestOf(text: string, length = 43): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, length);
}

/** Free text for people, and behind it what Fairlead has to remember. */
export function withNote(text: string, note: object): string {
  return `${text}${text ? "\n" : ""}[fairlead ${JSON.stringify(note)}]`;
}

/** The two parts of a text that `withNote` made; no note where somebody else wrote it. */
export function readNote<N extends object>(
  whole: string,
): { readonly text: string; readonly note: N | undefined } {
  const at = whole.lastIndexOf("[fairlead {");
  if (at < 0 || !whole.endsWith("}]")) return { text: whole, note: undefined };
  try {
    const note = JSON.parse(whole.slice(at + "[fairlead ".length, -1)) as N;
    return { text: whole.slice(0, at).replace(/\n$/, ""), note };
  } catch {
    return { text: whole, note: undefined };
  }
}
