import { openStackPlatform } from "../../lib/openstack";
import { conformance } from "../../lib/platform";
import { describeLab, makeAccount } from "../support/openstack-lab";

describeLab(
  "OpenStack",
  () =>
    conformance({
      name: "OpenStack",
      start: async () => {
        const { account, remove } = await makeAccount();
        return { platform: openStackPlatform({ version: "0.0.0" }, account.environment), stop: remove };
      },
      images: { web: "http-hello", echo: "echo" },
      flavors: ["small", "medium"],
      without: ["expiry", "disabling", "quotas", "sshKeys", "statistics", "proxyProtocol"],
      // The lab has no data path.
      reach: "nothing",
      timeoutMs: 300_000,
    }),
  { inEveryRun: true },
);
