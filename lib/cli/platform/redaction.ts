import { collections } from "../../contract";

const hidden = "[hidden]";

/** Fields of requests that the contract marks as secret. */
const contractSecrets = Object.values(collections).flatMap((declared) =>
  "create" in declared
    ? Object.entries(declared.create.shape).flatMap(([name, field]) =>
        field.meta()?.secret === true ? [name] : [],
      )
    : [],
);

const secretNames = [...contractSecrets, "token", "authorization", "password", "passphrase", "secret"];
const secretName = new RegExp(`^(?:${secretNames.join("|")})$`, "i");

/** What gives a secret away in running text, and what of it may stay. */
const telltales: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]*?(?:-----END \1PRIVATE KEY-----|$)/g, hidden],
  [/\bfairlead_(tok-[0-9a-z]+)_[\w-]+/g, `fairlead_$1_${hidden}`],
  [/\b(Bearer|Basic) +[^\s"',;]+/gi, `$1 ${hidden}`],
  [/(\/\/)[^\s/@:]+:[^\s/@]+@/g, `$1${hidden}@`],
  [
    new RegExp(
      `(?<![A-Za-z0-9])(${secretNames.join("|")})("?\\s*[:=]\\s*)(?:"(?:[^"\\\\]|\\\\.)*"?|[^\\s,;}]+)`,
      "gi",
    ),
    `$1$2${hidden}`,
  ],
];

/** Too short to be told from words of a message. */
const shortestSecret = 8;

/** Takes secrets out of what is about to be logged: those that are known, and what looks like one. */
export class Redaction {
  private readonly known = new Set<string>();

  /** Keeps a value out of every line from now on. */
  hide(secret: string): void {
    if (secret.length >= shortestSecret) this.known.add(secret);
  }

  text(text: string): string {
    let shown = text;
    for (const secret of this.known) shown = shown.replaceAll(secret, hidden);
    for (const [telltale, instead] of telltales) shown = shown.replace(telltale, instead);
    return shown;
  }

  field(name: string, value: unknown): unknown {
    if (secretName.test(name)) return hidden;
    return typeof value === "string" ? this.text(value) : value;
  }
}
