import { connect, resolveSettings, type SettingArguments, SettingsError } from "../connect";
import type { Platform } from "../contract";
import { CidrText, Labels, OwnershipId } from "../contract";
import { attribute, block, defineProvider, hasUnknown, isUnknown, type Unknown } from "../tfplugin";
import { validatorOf } from "./attribute";
import { flavors, images } from "./catalogue";
import { explain } from "./explain";
import { instance } from "./instance";
import { attributeName } from "./name";
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
      description:
        "URL of the platform's API, or openstack: and the name of a cloud of clouds.yaml. Default: the environment variable FAIRLEAD_ENDPOINT.",
    }),
    token: attribute.string({
      optional: true,
      sensitive: true,
      description:
        "Bearer token. Default: the environment variable FAIRLEAD_TOKEN, or the file that FAIRLEAD_TOKEN_FILE names.",
    }),
    ca_file: attribute.string({
      optional: true,
      description:
        "File with the certificate, in PEM, of the CA that the platform's own descends from, for an endpoint that begins with https. Default: the environment variable FAIRLEAD_CA_FILE; without it the CAs that Node.js trusts.",
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
        "What tells a plan from every other: plantimestamp(), which holds for a plan that is applied in one folder, or an id of its own, such as a pipeline's run, which holds wherever it is applied. With it, applying the same saved plan again finds what the first apply has made, also before Terraform 1.16. Default: such a create is made anew, and `fairlead orphans` lists the first one.",
    }),
  },
  blocks: {
    openstack: block.single({
      description:
        "Deploys to an OpenStack cloud. Credentials come from clouds.yaml, or from the OS_* variables, as for OpenStack's own tools.",
      attributes: {
        cloud: attribute.string({
          optional: true,
          description:
            "Name of a cloud of clouds.yaml. Default: the environment variable OS_CLOUD; without it the other OS_* variables, or the only cloud of the file.",
        }),
        region: attribute.string({
          optional: true,
          description: "Region of the cloud. Default: what clouds.yaml says, or OS_REGION_NAME.",
        }),
        external_network: attribute.string({
          optional: true,
          description:
            "Name or id of the network that floating IPs come from. Default: the only external network of the cloud.",
        }),
        private_cidr: attribute.string({
          optional: true,
          description: "Network of the instances of each project that is made. Default: 10.20.0.0/24.",
          validate: [validatorOf("private_cidr", CidrText)],
        }),
        external_ports: attribute.string({
          optional: true,
          description: "External ports that forwards can have, both ends included. Default: 20000-32767.",
        }),
      },
    }),
  },
  configure({ config }): Session {
    const { endpoint, token, ca_file, openstack } = config;
    const settings = { endpoint, token, caFile: ca_file, openstack };
    const unknown = (Object.keys(settings) as (keyof typeof settings)[]).find((name) =>
      hasUnknown(settings[name]),
    );
    const known = <V>(value: V) => (isUnknown(value) ? null : (value as Exclude<V, Unknown>));
    const platform = unknown ? unknownUntilApply(unknown) : connect(resolveSettings(argumentsOf(settings)));
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

/** The settings of the block, all of which are known, as `connect` calls them; what is not set is not there. */
function argumentsOf({
  endpoint,
  token,
  caFile,
  openstack,
}: Readonly<Record<string, unknown>>): SettingArguments {
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  const cloud = openstack as Readonly<Record<string, unknown>> | null;
  return {
    endpoint: text(endpoint),
    token: text(token),
    caFile: text(caFile),
    ...(cloud
      ? {
          openstack: {
            cloud: text(cloud.cloud),
            region: text(cloud.region),
            externalNetwork: text(cloud.external_network),
            privateCidr: text(cloud.private_cidr),
            externalPorts: text(cloud.external_ports),
          },
        }
      : {}),
  };
}

/** A plan that asks nothing of the platform passes; the first question says what is missing. */
function unknownUntilApply(setting: keyof SettingArguments): Platform {
  return new Proxy({} as Platform, {
    get: () => {
      throw new SettingsError(
        setting,
        `The provider's ${attributeName(setting)} is known only after apply, but this plan has to ask the platform now. ` +
          `Give it a value that is known at plan, or apply what it depends on first (-target).`,
        "argument",
      );
    },
  });
}
