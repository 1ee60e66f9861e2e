import { freshAddress, startTestPlatform } from "../support/embedded";
import { conformance } from "./suite";

conformance({
  name: "embedded",
  start: () => startTestPlatform({ externalIps: [freshAddress(), freshAddress()] }),
});
