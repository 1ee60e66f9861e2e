import { Capabilities, type CapabilityName } from "../../lib/contract";
import { startTestPlatform } from "../support/embedded";
import { conformance } from "./suite";

// Shows that the suite asks nothing of a platform that it may lack, and that what it lacks is refused.
conformance({
  name: "embedded, without all that a platform may lack",
  start: () => startTestPlatform({ without: Object.keys(Capabilities.shape) as CapabilityName[] }),
});
