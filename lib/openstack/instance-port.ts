import { isMadeByUs, ourDescription, ourName } from "./marks";
import type { NeutronPort } from "./neutron";

/**
 * The port that an instance of ours is plugged into, made before the server and kept after it for as long as forwards
 * lead to it: a parking place. Neutron knows no forward without a port, so this is what a detached forward hangs on.
 * Nobody can take its external port meanwhile, because the forward is there all the time. Whoever deletes the parked
 * port takes its forwards away with it, and Neutron says nothing; the next plan finds them gone and makes them anew.
 */
export function portBody(key: string, instanceName: string) {
  return {
    name: portName(key),
    description: ourDescription(
      `for the instance ${instanceName}; kept after it as long as port forwards lead here`,
    ).slice(0, 255),
  };
}

/** What the port of an instance is called, so that it is found again by the key of its create. */
export const portName = (key: string): string => `${ourName}-${key}`;

/** Whether Fairlead has made a port for an instance. */
export const isOurPort = (port: Pick<NeutronPort, "name" | "description">): boolean =>
  port.name.startsWith(`${ourName}-`) && isMadeByUs({ description: port.description ?? "" });
