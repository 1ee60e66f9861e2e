import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type EmbeddedPlatform,
  type EmbeddedPlatformOptions,
  startEmbeddedPlatform,
} from "../../lib/embedded";
import { freshFolder, onCleanUp } from "./clean-up";

/** A loopback address that no other test is likely to use, so that every port of it is free. */
export const freshAddress = (): string =>
  `127.${randomInt(16, 32)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;

/** A temporary folder, and how to remove it. */
export function temporaryFolder(prefix = "fairlead-test-"): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), prefix));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** An embedded platform with a data folder and an external address of its own; `stop` leaves nothing. */
export async function startTestPlatform(
  options: Partial<EmbeddedPlatformOptions> = {},
): Promise<EmbeddedPlatform & { stop(): Promise<void> }> {
  const folder = temporaryFolder();
  const running = await startEmbeddedPlatform({
    version: "0.0.0",
    dataDir: folder.path,
    externalIps: [freshAddress()],
    ...options,
  });
  return {
    ...running,
    stop: async () => {
      await running.close();
      folder.remove();
    },
  };
}

/**
 * Platforms of one data folder and address, one after another, for tests of what outlives one. The folder and the
 * platform that still runs go with the test.
 */
export function successivePlatforms(
  options: Partial<EmbeddedPlatformOptions> = {},
): () => Promise<EmbeddedPlatform> {
  const dataDir = freshFolder("fairlead-test-");
  const externalIps = [freshAddress()];
  return async () => {
    const running = await startEmbeddedPlatform({ version: "0.0.0", dataDir, externalIps, ...options });
    let closing: Promise<void> | undefined;
    const close = () => {
      closing ??= running.close();
      return closing;
    };
    onCleanUp(close);
    return { ...running, close };
  };
}
