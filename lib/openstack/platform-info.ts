import { contractEdition, type PlatformInfo } from "../contract";
import { isAnswer } from "./cloud";
import type { Clouds } from "./clouds";
import type { OpenStackSettings } from "./settings";

/** Neutron's name for forwards of several ports; OpenStack has them since Ussuri. */
const portRanges = "floating-ip-port-forwarding-port-ranges";

/** What an OpenStack cloud is and can do. One question: whether it is new enough for port ranges. */
export async function platformInfo(
  clouds: Clouds,
  { ports }: OpenStackSettings,
  version: string,
  signal?: AbortSignal,
): Promise<PlatformInfo> {
  // Comes with a token. Meanwhile Neutron is asked what takes longer, and gets to know the token that is used.
  const projectManagement = await clouds.mayMakeProjects();
  const hasPortRanges = await clouds.ask((cloud) =>
    cloud.request("network", "GET", `/extensions/${portRanges}`, { signal }).then(
      () => true,
      (error) => {
        if (isAnswer(error, 404)) return false;
        throw error;
      },
    ),
  );
  return {
    version,
    contractEdition,
    capabilities: {
      // A member works in the project that an administrator has made.
      projectManagement,
      instanceManagement: true,
      portRanges: hasPortRanges,
      externalIpChoice: true,
      // Security groups: Neutron keeps the client's address.
      sources: true,
      // Nothing in Neutron acts at a time, or takes a forward away and keeps its port.
      expiry: false,
      disabling: false,
      deletionProtection: true,
      // Nova counts instances, Neutron no forwards; and its quotas are an administrator's.
      quotas: false,
      userData: true,
      sshKeys: false,
      statistics: false,
      memoryLimits: true,
      cpuLimits: true,
      // Neutron rewrites addresses of packets and never looks into connections, so that the client's stays.
      proxyProtocol: false,
      clientAddress: true,
      // Each project has a network of its own behind a router of its own.
      projectIsolation: true,
    },
    externalPorts: { ...ports },
    sharedExternalIps: false,
  };
}
