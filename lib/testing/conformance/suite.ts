import { capabilityBehaviour } from "./capabilities";
import { catalogueBehaviour } from "./catalogues";
import { externalAddressBehaviour } from "./external-addresses";
import { Fixture } from "./fixture";
import { idempotencyBehaviour } from "./idempotency";
import { instanceBehaviour } from "./instances";
import { limitBehaviour } from "./limits";
import { opennessBehaviour } from "./openness";
import { ownershipBehaviour } from "./ownership";
import { portForwardBehaviour } from "./port-forwards";
import { portRangeBehaviour } from "./port-ranges";
import { projectBehaviour } from "./projects";
import { proxyProtocolBehaviour } from "./proxy-protocol";
import { statisticsBehaviour } from "./statistics";
import type { Subject } from "./subject";

const behaviours = {
  projects: projectBehaviour,
  instances: instanceBehaviour,
  "port forwards": portForwardBehaviour,
  "port ranges": portRangeBehaviour,
  "external addresses": externalAddressBehaviour,
  "PROXY protocol": proxyProtocolBehaviour,
  "expiry and disabling": opennessBehaviour,
  "quotas and protection": limitBehaviour,
  idempotency: idempotencyBehaviour,
  ownership: ownershipBehaviour,
  statistics: statisticsBehaviour,
  "images and flavors": catalogueBehaviour,
  capabilities: capabilityBehaviour,
};

/**
 * Everything that a platform has to do, as tests of one; to be called in a test file of jest, or of a runner with the
 * same globals. What the platform lacks is not asked of it, and has to be refused.
 */
export function conformance(subject: Subject): void {
  describe(subject.name, () => {
    const fixture = new Fixture(subject);
    const { timeoutMs = 60_000 } = subject;
    beforeAll(() => fixture.open(), 3 * timeoutMs);
    afterEach(() => fixture.clear(), timeoutMs);
    afterAll(() => fixture.close(), timeoutMs);
    for (const [heading, behaviour] of Object.entries(behaviours)) {
      describe(heading, () => behaviour(fixture));
    }
  });
}
