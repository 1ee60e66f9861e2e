/**
 * The program that asks the platform for a lookup or for preflight, since a construct cannot wait for an answer: a
 * question on stdin, an answer on stdout, one JSON object each. Errors are answers, too, so that their cause arrives.
 */
import { readFileSync } from "node:fs";
import { connect, type OpenStackArguments, resolveSettings, SettingsError } from "../connect";
import { type Overview, overview, PlatformError } from "../contract";
import type { LookupKind } from "./lookup-kind";
import { lookupList } from "./lookup-list";

/** What is asked; credentials come from the environment. */
export interface Question {
  readonly endpoint: string;
  readonly caFile?: string | undefined;
  readonly openstack?: OpenStackArguments | undefined;
  readonly list: LookupKind["list"] | "overview";
  /** The project whose instances or forwards are meant; all that the token may see without one. */
  readonly projectId?: string | undefined;
}

/** Why there is no answer. */
interface ErrorReply {
  readonly error: { readonly code: string; readonly message: string; readonly hint: string };
}

/** The whole list, or why there is none. */
export type ListReply = { readonly items: readonly Readonly<Record<string, unknown>>[] } | ErrorReply;

/** What there is on the platform, or why it is not known. */
export type OverviewReply = { readonly overview: Overview } | ErrorReply;

async function answer({
  endpoint,
  caFile,
  openstack,
  list,
  projectId,
}: Question): Promise<ListReply | OverviewReply> {
  try {
    // An endpoint of the environment is read there again, so that messages name the variable.
    const given = endpoint === process.env.FAIRLEAD_ENDPOINT ? {} : { endpoint };
    const platform = connect(resolveSettings({ ...given, caFile, openstack }));
    return list === "overview"
      ? { overview: await overview(platform) }
      : { items: await lookupList(platform, list, projectId) };
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
