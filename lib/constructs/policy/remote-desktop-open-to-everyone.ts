import { openService } from "./open-service";
import { rule } from "./rule";

/** A desktop for whoever guesses a password, or knows the next hole in its protocol. */
export const remoteDesktopOpenToEveryone = rule({
  id: "remote-desktop-open-to-everyone",
  level: "error",
  check: (exposure) => openService(exposure, ({ name }) => name === "remote desktop" || name === "vnc"),
});
