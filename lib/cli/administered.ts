import type { Administration, Platform } from "../contract";
import { PlatformError } from "../contract";
import { UsageError } from "./failure";

/**
 * Calls what only platforms can that know who calls.
 * @throws UsageError on another one
 */
export async function administered<T>(
  platform: Platform,
  what: string,
  call: (administration: Administration) => Promise<T>,
): Promise<T> {
  const none = () =>
    new UsageError(
      `This platform has no ${what}: it is another cloud's own affair, or the platform is older than this command.`,
    );
  if (!platform.administration) throw none();
  try {
    return await call(platform.administration);
  } catch (error) {
    throw error instanceof PlatformError && error.code === "unknown_route" ? none() : error;
  }
}
