/** What a provider's entry in `.terraform.lock.hcl` says. */
export interface LockEntry {
  readonly source: string;
  readonly version: string;
  /** Undefined keeps what an entry of the same version says. */
  readonly constraints: string | undefined;
  readonly hash: string;
}

const header = `# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.
`;

/**
 * The text of a lock file with one provider's entry in it. The other entries stay as they are; a new one
 * goes where Terraform itself would put it, by source, so that neither moves what the other wrote.
 */
export function lockProvider(text: string, entry: LockEntry): string {
  const blocks = [...text.matchAll(/^provider "([^"]+)" \{\n(?:.*\n)*?\}\n?/gm)];
  const own = blocks.find((block) => block[1] === entry.source);
  if (own) {
    const written = read(own[0]);
    const sameVersion = written.version === entry.version;
    const constraints = entry.constraints ?? (sameVersion ? written.constraints : undefined);
    if (sameVersion && written.constraints === constraints && own[0].includes(`"${entry.hash}"`)) return text;
    const rendered = render({ ...entry, constraints });
    return text.slice(0, own.index) + rendered + text.slice(own.index + own[0].length);
  }
  const rendered = render(entry);
  const next = blocks.find((block) => block[1]! > entry.source);
  if (next) return `${text.slice(0, next.index)}${rendered}\n${text.slice(next.index)}`;
  const before = text.trimEnd();
  return `${before === "" ? header : `${before}\n`}\n${rendered}`;
}

function read(block: string): { version: string | undefined; constraints: string | undefined } {
  return {
    version: /^ *version *= *"([^"]*)"$/m.exec(block)?.[1],
    constraints: /^ *constraints *= *"([^"]*)"$/m.exec(block)?.[1],
  };
}

function render({ source, version, constraints, hash }: LockEntry): string {
  const head = constraints
    ? `  version     = "${version}"\n  constraints = "${constraints}"\n`
    : `  version = "${version}"\n`;
  return `provider "${source}" {\n${head}  hashes = [\n    "${hash}",\n  ]\n}\n`;
}
