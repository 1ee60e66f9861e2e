import type { Subject } from "../../lib/platform";
import { freshAddress, startTestPlatform } from "../support/embedded";

/** The embedded platform with its own images and flavors, and two addresses to choose from. */
export const embedded: Subject = {
  name: "embedded",
  start: () => startTestPlatform({ externalIps: [freshAddress(), freshAddress()] }),
  images: { web: "http-hello", echo: "echo" },
  flavors: ["small", "large"],
  without: ["clientAddress", "projectIsolation"],
};
