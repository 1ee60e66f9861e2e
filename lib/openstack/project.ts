import {
  byAge,
  changesOf,
  collections,
  guardCapabilities,
  guardManagement,
  guardRevision,
  matchesLabels,
  PageQuery,
  type Platform,
  PlatformError,
  type Project,
  pageBy,
  parse,
  projectNameTaken,
  required,
  Turns,
} from "../contract";
import { type Cloud, isAnswer } from "./cloud";
import { inOurWords } from "./cloud-error";
import { unlessGone } from "./clouds";
import type { Context } from "./context";
import { type FloatingIp, floatingIpsOf } from "./floating-ip";
import { keyDigest, repeatableCreates } from "./key-marks";
import { isOurs, type KeystoneProject, noteOf, projectBody, toProject } from "./keystone-project";
import { isLostReply } from "./lost-reply";
import { ourTag } from "./marks";
import { clearProject, grantOwnRoles, guardEmpty, type ProjectNeeds } from "./project-life";

const { noun, create: createSchema, patch: patchSchema, filter } = collections.projects;

/**
 * Projects are Keystone's: that of the credentials, which Fairlead found, and those that it makes for whoever may make
 * some. Only the latter change and go.
 */
export function projectRepository(context: Context): Platform["projects"] {
  const { clouds, networks, settings } = context;
  const creates = repeatableCreates();
  const turns = new Turns();

  const addressesIn = async (id: string, signal?: AbortSignal): Promise<FloatingIp[]> =>
    floatingIpsOf(await clouds.of(id), signal);

  const cidrIn = async (id: string, signal?: AbortSignal): Promise<string> =>
    firstCidr(await clouds.of(id), settings.privateCidr, signal);

  /** With its addresses, which Keystone does not know. */
  const describe = async (
    project: KeystoneProject,
    signal?: AbortSignal,
    asked = addressesIn(project.id, signal),
  ): Promise<Project> => {
    const [addresses, privateCidr] = await Promise.all([
      asked,
      noteOf(project)?.privateCidr ?? cidrIn(project.id, signal),
    ]);
    return toProject(project, {
      externalIps: addresses.map((address) => address.floating_ip_address),
      privateCidr,
    });
  };
  const find = async (id: string, signal?: AbortSignal): Promise<KeystoneProject> =>
    required(
      (await clouds.projects(signal)).find((project) => project.id === id),
      noun,
      id,
    );

  return {
    list: async (query = {}, { signal } = {}) => {
      const { name, labels, ownershipId, idempotencyKey, ...page } = parse(
        filter.extend(PageQuery.shape),
        query,
      );
      const key = idempotencyKey === undefined ? undefined : keyDigest(idempotencyKey);
      return inOurWords("The projects could not be listed", async () => {
        const fitting = (await clouds.projects(signal)).filter((project) => {
          const note = noteOf(project);
          return (
            (name === undefined || project.name === name) &&
            matchesLabels(note?.labels ?? {}, labels) &&
            (ownershipId === undefined || note?.ownershipId === ownershipId) &&
            (key === undefined || note?.key === key)
          );
        });
        const found = await Promise.all(fitting.map((project) => unlessGone(describe(project, signal))));
        return pageBy(byAge, found.flat(), page);
      });
    },

    get: async (id, { signal } = {}) =>
      inOurWords(`The project ${id} could not be read`, async () => {
        // Asked for beside the project, and of no use without it.
        const addresses = addressesIn(id, signal);
        addresses.catch(() => {});
        return describe(await find(id, signal), signal, addresses);
      }),

    create: async (input, { idempotencyKey, signal } = {}) => {
      const body = parse(createSchema, input);
      guardCapabilities(collections.projects, body, (await context.info(signal)).capabilities);
      return inOurWords(`The project ${body.name} could not be made`, () =>
        creates.once(
          idempotencyKey,
          body,
          async (mark) => {
            const made = (await clouds.projects(signal)).find((project) => noteOf(project)?.key === mark.key);
            return made && { request: noteOf(made)?.request ?? undefined, entity: await complete(made) };
          },
          async (mark) => {
            const project = await make(body, mark);
            try {
              return await complete(project);
            } catch (error) {
              // A project that cannot be used is worth less than none.
              await takeBack(project, error);
              throw error;
            }
          },
        ),
      );
    },

    update: async (id, patch, { revision, signal } = {}) => {
      const body = parse(patchSchema, patch);
      guardCapabilities(collections.projects, body, (await context.info(signal)).capabilities);
      return turns.take(id, () =>
        inOurWords(`The project ${id} could not be changed`, async () => {
          const project = await find(id, signal);
          const before = await describe(project, signal);
          guardRevision(before, noun, revision);
          const changes = changesOf(before, body);
          if (!changes) return before;
          const note = ownNote(project);
          const after = { ...before, ...changes };
          if (changes.name !== undefined) await guardName(changes.name, id);
          const told = projectBody(after, { ...note, labels: after.labels, revision: after.revision });
          await named(after.name, async () =>
            (await clouds.home()).request("identity", "PATCH", `/projects/${id}`, {
              body: { project: told },
            }),
          );
          return after;
        }),
      );
    },

    delete: async (id, { revision, signal } = {}) => {
      guardManagement(collections.projects, (await context.info(signal)).capabilities);
      return turns.take(id, () =>
        inOurWords(`The project ${id} could not be deleted`, async () => {
          const project = await find(id, signal);
          guardRevision({ id, revision: noteOf(project)?.revision ?? 1 }, noun, revision);
          ownNote(project);
          const cloud = await clouds.of(id);
          await remove(id, cloud, await guardEmpty(context, cloud, project));
        }),
      );
    },
  };

  async function make(
    body: ReturnType<typeof createSchema.parse>,
    mark: { readonly key: string; readonly request: string } | undefined,
  ): Promise<KeystoneProject> {
    const home = await clouds.home();
    const { domainId } = await home.token();
    const told = projectBody(body, {
      ...{ ownershipId: body.ownershipId, labels: body.labels, privateCidr: settings.privateCidr },
      ...{ key: mark?.key ?? null, request: mark?.request ?? null },
      ...{ revision: 1, createdAt: new Date().toISOString() },
    });
    return named(body.name, async () => {
      const { project } = await home.request<{ project: KeystoneProject }>("identity", "POST", "/projects", {
        body: { project: { ...told, domain_id: domainId, tags: [ourTag] } },
      });
      return project;
    });
  }

  /** Gives a new project what it needs to be usable; doing it again does what was left undone. */
  async function complete(project: KeystoneProject): Promise<Project> {
    await grantOwnRoles(await clouds.home(), project.id);
    const cloud = await clouds.of(project.id);
    await networks.hold(cloud, () => networks.ensureFloatingIp(cloud));
    return describe(project);
  }

  /**
   * Takes back a project that this very call has made, unless something may be in it: an address whose reply was lost, or
   * what another run has made that found the project by its key. It stays then, to be completed by that key.
   */
  async function takeBack(project: KeystoneProject, error: unknown): Promise<void> {
    if (isLostReply(error) && noteOf(project)?.key) return;
    try {
      const [cloud] = await unlessGone(clouds.of(project.id));
      const needs = cloud && (await guardEmpty(context, cloud, project));
      if (needs && needs.addresses.length > 0) return;
      await remove(project.id, cloud, needs);
    } catch {
      // Why it could not be completed says more than why it could not be taken back.
    }
  }

  /** Deletes a project with what it needs for itself. */
  async function remove(id: string, cloud?: Cloud, needs?: ProjectNeeds): Promise<void> {
    const home = await clouds.home();
    if (cloud && needs) await clearProject(cloud, home, needs);
    await home.request("identity", "DELETE", `/projects/${id}`);
    clouds.forget(id);
  }

  /** Says who has the name, where Keystone says only that somebody has. */
  async function named<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isAnswer(error, 409)) throw error;
      await guardName(name);
      throw new PlatformError(
        "project_name_taken",
        `A project named ${JSON.stringify(name)} exists in the cloud, and these credentials do not show it.`,
        { field: "/name" },
      );
    }
  }

  /**
   * Keystone closes the connection without an answer when a project is renamed to what another one is called.
   * @throws PlatformError `project_name_taken`
   */
  async function guardName(name: string, self?: string): Promise<void> {
    const home = await clouds.home();
    const query = { name, domain_id: (await home.token()).domainId };
    const all = await home
      .list<KeystoneProject>("identity", "/projects", "projects", query)
      .catch((error) => (isAnswer(error, 403) ? clouds.projects() : Promise.reject(error)));
    // To Keystone, Lab and lab are one name.
    const same = (project: KeystoneProject) => project.name.toLowerCase() === name.toLowerCase();
    const holder = all.find((project) => same(project) && project.id !== self);
    if (holder) throw projectNameTaken({ ...holder, ownershipId: noteOf(holder)?.ownershipId ?? null });
  }
}

/** @throws PlatformError `forbidden` for a project that others have made */
function ownNote(project: KeystoneProject): NonNullable<ReturnType<typeof noteOf>> {
  const note = noteOf(project);
  if (isOurs(project) && note) return note;
  throw new PlatformError(
    "forbidden",
    `The project ${project.name} (${project.id}) was not made by Fairlead, which does not change or delete what others have made. ` +
      "Refer to it by Project.fromLookup or a data source; `terraform state rm` takes it out of a state.",
  );
}

/** The network that a project of others has had for longest. */
async function firstCidr(cloud: Cloud, fallback: string, signal?: AbortSignal): Promise<string> {
  const subnets = await cloud.list<{ id: string; cidr: string; created_at: string }>(
    ...(["network", "/subnets", "subnets", { project_id: cloud.projectId }] as const),
    { signal },
  );
  const [first] = subnets.sort((a, b) => (a.created_at < b.created_at ? -1 : 1));
  return first?.cidr ?? fallback;
}
