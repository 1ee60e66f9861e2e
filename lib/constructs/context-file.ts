import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** An answer of the platform: facts that do not change while the thing exists. */
export type Answer = Readonly<Record<string, unknown>>;

const version = 1;

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

  private constructor(readonly path: string) {}

  get(key: string): Answer | undefined {
    return this.added.get(key) ?? this.read()[key];
  }

  /** Adds an answer. All of them are written at once when the app ends, also when an error ends it. */
  set(key: string, answer: Answer): void {
    if (this.added.size === 0) process.once("exit", () => this.write());
    this.added.set(key, answer);
  }

  /** Replaces the file as a whole, so nobody reads half of it. */
  private write(): void {
    const answers = Object.entries({ ...this.read(), ...Object.fromEntries(this.added) });
    this.added.clear();
    answers.sort(([a], [b]) => (a < b ? -1 : 1));
    const temporary = `${this.path}.${process.pid}.tmp`;
    writeFileSync(
      temporary,
      `${JSON.stringify({ version, answers: Object.fromEntries(answers) }, null, 2)}\n`,
    );
    renameSync(temporary, this.path);
  }

  private read(): Readonly<Record<string, Answer>> {
    if (!existsSync(this.path)) return {};
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
