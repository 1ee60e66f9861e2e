import type { Flavor, Image, Instance, PlatformInfo, PortForward, Project } from "../contract";

/** What every thing of an API has; the rest of what an entity says is kept in `memo`. */
export interface Plain {
  /** Identifier, made by the API. */
  readonly id: string;
  /** In UTC: `2026-01-31T12:00:00.000Z`. */
  readonly createdAt: string;
  /** Text that the API keeps for its customers, as it is there: what `put` was given, or what people have written. */
  readonly memo: string;
}

/** What is kept in the memo, or follows from the rest where the API says nothing of it. */
export type PlainDerived<E> = Partial<
  Omit<E, keyof Plain | "description" | "labels" | "ownershipId" | "revision" | "statistics">
>;

/** A project as the API has it. */
export type PlainProject = Plain &
  Pick<Project, "name" | "externalIps" | "privateCidr"> &
  PlainDerived<Project>;

/** An instance as the API has it. */
export type PlainInstance = Plain &
  Pick<Instance, "projectId" | "name" | "image" | "flavor" | "privateIp" | "status"> &
  PlainDerived<Instance>;

/** A forward as the API has it. Private address, socket address and status follow from the rest unless they are said. */
export type PlainForward = Plain &
  Pick<
    PortForward,
    "projectId" | "instanceId" | "protocol" | "internalPort" | "externalPort" | "externalIp"
  > &
  PlainDerived<PortForward>;

/** What an entity is to be: all that was asked for, and of a change all that stays. What is open is undefined. */
export type Wanted<E> = Partial<E>;

/** A kind of things that the API has. */
export interface PlainCollection<P, E> {
  /** All that there are, as far as the credentials may see. */
  list(): Promise<readonly P[]>;
  /**
   * Makes one, or changes the one with an id to what is wanted; resolves with its id when it is usable. The rules of
   * the contract have been checked. Where the API refuses it all the same, they are checked again, so that who was
   * quicker is named.
   * @param memo up to 20 KB that `list` gives back as they are
   * @throws PlatformError
   */
  put(wanted: Wanted<E>, memo: string, id: string | undefined): Promise<string>;
  /**
   * Resolves when it is gone.
   * @throws PlatformError
   */
  delete(id: string): Promise<void>;
}

/** An API that has the plain things. */
export interface PlainApi {
  /** What the platform is and can do. */
  info(): Promise<PlatformInfo>;
  /** What instances can run. */
  images(): Promise<readonly Image[]>;
  /** The sizes that instances can have. */
  flavors(): Promise<readonly Flavor[]>;
  /** Owners of instances and forwards. */
  readonly projects: PlainCollection<PlainProject, Project>;
  /** Virtual machines. */
  readonly instances: PlainCollection<PlainInstance, Instance>;
  /** External ports that lead to them. */
  readonly portForwards: PlainCollection<PlainForward, PortForward>;
}
