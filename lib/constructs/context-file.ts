import {
  appendFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { underTest } from "./surroundings";

/** An answer of the platform: facts that do not change while the thing exists. */
export type Answer = Readonly<Record<string, unknown>>;

const version = 1;

/** Names the file that an app appends the keys to that it asks for, one a line, when it ends. */
export const askedKeysVariable = "FAIRLEAD_ASKED_KEYS_FILE";

/**
 * `fairlead.context.json`: what the platform has answered, kept beside `cdktf.json` and committed, so that
 * the next synthesis asks nothing and gives the same.
 */
export class ContextFile {
  private static readonly files = new Map<string, ContextFile>();

  /** The one of the app that runs in a directory. */
  static near(directory: string): ContextFile {
    const path = join(appFolder(directory), "fairlead.context.json");
    const known = ContextFile.files.get(path);
    if (known) return known;
    const file = new ContextFile(path);
    ContextFile.files.set(path, file);
    return file;
  }

  /** Answers that are not written yet. */
  private readonly added = new Map<string, Answer>();
  private readonly asked = new Set<string>();
  private last: { readonly stamp: string; readonly answers: Readonly<Record<string, Answer>> } | undefined;

  private constructor(readonly path: string) {}

  /** The answer to what a construct asks for. @throws Error when the file is not one */
  ask(key: string): Answer | undefined {
    this.record(key);
    return this.added.get(key) ?? this.answers()[key];
  }

  /** Adds an answer. All of them are written at once when the app ends, also when an error ends it. */
  set(key: string, answer: Answer): void {
    if (this.added.size === 0 && !underTest()) process.once("exit", () => this.writeAdded());
    this.added.set(key, answer);
    // The process that jest gives to tests never ends.
    if (underTest()) this.writeAdded();
  }

  /** What is in the file, by key. @throws Error when the file is not one */
  answers(): Readonly<Record<string, Answer>> {
    const stat = statSync(this.path, { throwIfNoEntry: false });
    const stamp = stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : "none";
    if (this.last?.stamp !== stamp) this.last = { stamp, answers: stat ? this.read() : {} };
    return this.last.answers;
  }

  /** Replaces all answers, as a whole, so nobody reads half of the file; without any there is none. */
  write(answers: Readonly<Record<string, Answer>>): void {
    const sorted = Object.entries(answers).sort(([a], [b]) => (a < b ? -1 : 1));
    if (sorted.length === 0) {
      rmSync(this.path, { force: true });
      return;
    }
    const temporary = `${this.path}.${process.pid}.tmp`;
    writeFileSync(
      temporary,
      `${JSON.stringify({ version, answers: Object.fromEntries(sorted) }, null, 2)}\n`,
    );
    renameSync(temporary, this.path);
  }

  /** At exit there is nobody to catch what is thrown. */
  private writeAdded(): void {
    try {
      this.write({ ...this.answers(), ...Object.fromEntries(this.added) });
    } catch (error) {
      process.stderr.write(
        `${this.path} could not be written (${(error as Error).message}); the next synthesis asks the platform again.\n`,
      );
    }
    this.added.clear();
  }

  /** For `fairlead context --prune`, which drops what nothing asks for. */
  private record(key: string): void {
    const file = process.env[askedKeysVariable];
    if (file === undefined || this.asked.has(key)) return;
    if (this.asked.size === 0) {
      process.once("exit", () => appendFileSync(file, [...this.asked].map((asked) => `${asked}\n`).join("")));
    }
    this.asked.add(key);
  }

  private read(): Readonly<Record<string, Answer>> {
    const content = this.parse();
    if (content?.version !== version || typeof content.answers !== "object" || content.answers === null) {
      throw new Error(
        `${this.path} is not a context file of version ${version}. Restore it, or delete it: the next synthesis with credentials makes it anew.`,
      );
    }
    return content.answers as Record<string, Answer>;
  }

  private parse(): { version?: unknown; answers?: unknown } | undefined {
    try {
      return JSON.parse(readFileSync(this.path, "utf8"));
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }
}

/** Where `cdktf.json` is, above a directory or in it; the directory itself where there is none. */
function appFolder(directory: string): string {
  let folder = directory;
  while (!existsSync(join(folder, "cdktf.json"))) {
    if (dirname(folder) === folder) return directory;
    folder = dirname(folder);
  }
  return folder;
}
