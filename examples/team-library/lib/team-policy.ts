import { ExposurePolicy } from "fairlead";

/** What the team asks of all that it exposes: a reason, an end for ssh, nothing unencrypted, few ports a machine. */
export class TeamPolicy extends ExposurePolicy {
  constructor() {
    super({
      rules: { "no-description": "error", "ssh-without-expiry": "error", "plain-http": "error" },
      maxForwardsPerInstance: 4,
    });
  }
}
