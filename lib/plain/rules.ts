import {
  forwardKey,
  guardForward,
  guardKnownName,
  guardUnprotected,
  type Instance,
  type PortForward,
  type Project,
  projectNameTaken,
  projectNotEmpty,
  required,
  type WantedForward,
} from "../contract";
import type { PlainApi } from "./api";
import type { Everything } from "./everything";

/** What of the contract's rules an API is not trusted to keep. */
export interface Rules<E> {
  /** @throws PlatformError */
  guardPut(wanted: E, all: Everything, api: PlainApi, before?: E): void | Promise<void>;
  /** @throws PlatformError */
  guardDelete(entity: E, all: Everything): void;
}

export const projectRules: Rules<Project> = {
  guardPut({ name }, { projects }, _api, before) {
    const holder = projects.find((project) => project.name === name && project.id !== before?.id);
    if (holder) throw projectNameTaken(holder);
  },
  guardDelete(project, { instances, portForwards }) {
    const inside = ({ projectId }: Instance | PortForward) => projectId === project.id;
    const left = [
      ...instances.filter(inside).map(({ id, name }) => `instance ${name} (${id})`),
      ...portForwards.filter(inside).map((forward) => `port forward ${forwardKey(forward)} (${forward.id})`),
    ];
    if (left.length > 0) throw projectNotEmpty(project, left);
  },
};

export const instanceRules: Rules<Instance> = {
  async guardPut({ projectId, image, flavor }, { projects }, api, before) {
    required(
      projects.find(({ id }) => id === projectId),
      "project",
      projectId,
      "/projectId",
    );
    // What is not changed may run an image that is offered no more.
    if (image !== before?.image) guardKnownName("image", image, namesOf(await api.images()));
    if (flavor !== before?.flavor) guardKnownName("flavor", flavor, namesOf(await api.flavors()));
  },
  guardDelete: (instance) => guardUnprotected(instance, `instance ${instance.name}`),
};

export const portForwardRules: Rules<PortForward> = {
  async guardPut(wanted: WantedForward, all, api, before) {
    guardForward(wanted, { ...all, ports: (await api.info()).externalPorts }, before);
  },
  guardDelete: (forward) => guardUnprotected(forward, `port forward ${forwardKey(forward)}`),
};

const namesOf = (entries: readonly { readonly name: string }[]): string[] => entries.map(({ name }) => name);
