import { connect, resolveSettings, SettingsError } from "../connect";
import type { Platform } from "../contract";
import { attribute, defineProvider, isUnknown } from "../tfplugin";
import { explain } from "./explain";
import { instance } from "./instance";
import { portForward } from "./port-forward";
import { project } from "./project";
import type { Session } from "./session";
import { Snapshots } from "./snapshot";
import { version } from "./version";

/** The provider: its settings, and a resource for each collection that the platform lets change. */
export const provider = defineProvider({
  name: "fairlead",
  version,
  description: "Projects, virtual machines and port forwards of a Fairlead platform.",
  attributes: {
    endpoint: attribute.string({
      optional: true,
      description: "URL of the platform's API. Default: the environment variable FAIRLEAD_ENDPOINT.",
    }),
    token: attribute.string({
      optional: true,
      sensitive: true,
      description:
        "Bearer token. Default: the environment variable FAIRLEAD_TOKEN, or the file that FAIRLEAD_TOKEN_FILE names.",
    }),
  },
  configure({ config }): Session {
    const { endpoint, token } = config;
    if (isUnknown(endpoint)) return sessionOf(unknownUntilApply("endpoint"));
    if (isUnknown(token)) return sessionOf(unknownUntilApply("token"));
    return sessionOf(
      connect(resolveSettings({ endpoint: endpoint ?? undefined, token: token ?? undefined })),
    );
  },
  resources: {
    fairlead_project: project,
    fairlead_instance: instance,
    fairlead_port_forward: portForward,
  },
  explain,
});

function sessionOf(platform: Platform): Session {
  return { platform, snapshots: new Snapshots(platform) };
}

/** A plan that asks nothing of the platform passes; the first question says what is missing. */
function unknownUntilApply(setting: "endpoint" | "token"): Platform {
  return new Proxy({} as Platform, {
    get: () => {
      throw new SettingsError(
        setting,
        `The provider's ${setting} is known only after apply, but this plan has to ask the platform now. ` +
          `Give it a value that is known at plan, or apply what it depends on first (-target).`,
        "argument",
      );
    },
  });
}
