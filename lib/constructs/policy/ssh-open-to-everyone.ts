import { openService } from "./open-service";
import { rule } from "./rule";

/** A shell for whoever guesses a password; scanners find it within minutes. */
export const sshOpenToEveryone = rule({
  id: "ssh-open-to-everyone",
  level: "error",
  check: (exposure) => openService(exposure, ({ name }) => name === "ssh"),
});
