/**
 * The program that asks the platform for a lookup, since a construct cannot wait for an answer: a question
 * on stdin, an answer on stdout, one JSON object each. Errors are answers, too, so that their cause arrives.
 */
import { readFileSync } from "node:fs";
import { connect, resolveSettings, SettingsError } from "../connect";
import { listAll, type Platform, PlatformError } from "../contract";

/** The lists that can be asked for. */
const lists = {
  projects: (platform: Platform) => listAll(platform.projects),
  instances: (platform: Platform, projectId?: string) => listAll(platform.instances, { projectId }),
  portForwards: (platform: Platform, projectId?: string) => listAll(platform.portForwards, { projectId }),
  images: (platform: Platform) => listAll(platform.images),
} as const;

/** What is asked; the token comes from the environment. */
export interface Question {
  readonly endpoint: string;
  readonly list: keyof typeof lists;
  /** The project whose instances or forwards are meant; all that the token may see without one. */
  readonly projectId?: string | undefined;
}

/** The whole list, or why there is none. */
export type Reply =
  | { readonly items: readonly Readonly<Record<string, unknown>>[] }
  | { readonly error: { readonly code: string; readonly message: string; readonly hint: string } };

async function answer({ endpoint, list, projectId }: Question): Promise<Reply> {
  try {
    // An endpoint of the environment is read there again, so that messages name the variable.
    const settings = resolveSettings(endpoint === process.env.FAIRLEAD_ENDPOINT ? {} : { endpoint });
    return { items: await lists[list](connect(settings), projectId) };
  } catch (error) {
    if (error instanceof PlatformError) {
      return { error: { code: error.code, message: error.message, hint: error.hint } };
    }
    const code = error instanceof SettingsError ? error.name : "internal";
    return { error: { code, message: error instanceof Error ? error.message : String(error), hint: "" } };
  }
}

if (require.main === module) {
  void answer(JSON.parse(readFileSync(0, "utf8")) as Question).then((reply) =>
    process.stdout.write(JSON.stringify(reply)),
  );
}
