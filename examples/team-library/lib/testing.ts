import { join } from "node:path";
import type { TestPlatformOptions } from "fairlead/testing";

/** What stands in for the team's images on a platform for tests: `startPlatform({ images: standIns })`. */
export const standIns = {
  "ubuntu-24.04-notebooks": {
    command: [process.execPath, join(__dirname, "..", "dist", "notebooks.js")],
    ready: { tcp: 8080 },
  },
} satisfies TestPlatformOptions["images"];
