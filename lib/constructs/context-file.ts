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
  /** The one of the app that runs in a directory. */
  static near(directory: string): ContextFile {
    let folder = directory;
    while (!existsSync(join(folder, "cdktf.json"))) {
      if (dirname(folder) === folder) return new ContextFile(join(directory, "fairlead.context.json"));
      folder = dirname(folder);
    }
    return new ContextFile(join(folder, "fairlead.context.json"));
  }

  private constructor(readonly path: string) {}

  get(key: string): Answer | undefined {
    return this.read()[key];
  }

  /** Adds an answer; the file is replaced as a whole, so nobody reads half of it. */
  set(key: string, answer: Answer): void {
    const answers = Object.entries({ ...this.read(), [key]: answer });
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
