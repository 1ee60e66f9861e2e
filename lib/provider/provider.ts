import { connect, resolveSettings, SettingsError } from "../connect";
import type { Platform } from "../contract";
import { Labels, OwnershipId } from "../contract";
import { attribute, defineProvider, isUnknown, type Unknown } from "../tfplugin";
import { validatorOf } from "./attribute";
import { flavors, images } from "./catalogue";
import { explain } from "./explain";
import { instance } from "./instance";
import { portForward } from "./port-forward";
import { project } from "./project";
import { Session } from "./session";
import {
  instanceSource,
  instancesSource,
  portForwardSource,
  portForwardsSource,
  projectSource,
} from "./sources";
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
    default_labels: attribute.map(attribute.string(), {
      optional: true,
      description:
        "Labels that every object gets, unless it has a label of the same key. They show in effective_labels.",
      validate: [validatorOf("default_labels", Labels)],
    }),
    ownership_id: attribute.string({
      optional: true,
      description:
        "Mark of what this configuration makes, such as its name. It serves lists and messages (fairlead orphans); nothing is ever taken over because of it. Default: no mark.",
      validate: [validatorOf("ownership_id", OwnershipId)],
    }),
    plan_id: attribute.string({
      optional: true,
      description:
        "What tells a plan from every other: plantimestamp(). With it, applying the same saved plan again finds what the first apply has made, also before Terraform 1.16. Default: such a create is made anew, and `fairlead orphans` lists the first one.",
    }),
  },
  configure({ config }): Session {
    const { endpoint, token } = config;
    const unknown = isUnknown(endpoint) ? "endpoint" : isUnknown(token) ? "token" : undefined;
    const known = <V>(value: V) => (isUnknown(value) ? null : (value as Exclude<V, Unknown>));
    const platform = unknown
      ? unknownUntilApply(unknown)
      : connect(
          resolveSettings({ endpoint: known(endpoint) ?? undefined, token: known(token) ?? undefined }),
        );
    return new Session(platform, {
      defaultLabels: (config.default_labels ?? {}) as Record<string, string> | Unknown,
      ownershipId: known(config.ownership_id),
      planId: known(config.plan_id),
      reachable: unknown === undefined,
    });
  },
  resources: {
    fairlead_project: project,
    fairlead_instance: instance,
    fairlead_port_forward: portForward,
  },
  dataSources: {
    fairlead_project: projectSource,
    fairlead_instance: instanceSource,
    fairlead_instances: instancesSource,
    fairlead_port_forward: portForwardSource,
    fairlead_port_forwards: portForwardsSource,
    fairlead_images: images,
    fairlead_flavors: flavors,
  },
  explain,
});

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
