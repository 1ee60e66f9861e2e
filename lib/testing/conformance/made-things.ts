import { type Platform, PlatformError, type Repository } from "../../contract";

type AnyRepository = Repository<{ id: string }, object, object, object>;
type MadeName = (typeof removalOrder)[number];

/** What is in something goes before it. */
const removalOrder = ["portForwards", "instances", "projects"] as const;

/** Remembers what is made through it, to remove that and nothing else. */
export class MadeThings {
  /** The platform; what its creates make is remembered. */
  readonly platform: Platform;
  private readonly ids = new Map<MadeName, Set<string>>();
  private readonly underway = new Set<Promise<unknown>>();

  constructor(private readonly direct: Platform) {
    this.platform = {
      projects: this.remembering("projects"),
      instances: this.remembering("instances"),
      portForwards: this.remembering("portForwards"),
      images: direct.images,
      flavors: direct.flavors,
      info: (options) => direct.info(options),
    };
  }

  /** Removes all that is still there, also what is just being made. */
  async remove(): Promise<void> {
    await Promise.allSettled(this.underway);
    for (const name of removalOrder) {
      const ids = [...(this.ids.get(name) ?? [])];
      this.ids.delete(name);
      await Promise.all(ids.map((id) => remove(this.direct[name] as unknown as AnyRepository, id)));
    }
  }

  private remembering<K extends MadeName>(name: K): Platform[K] {
    const repository = this.direct[name] as unknown as AnyRepository;
    const remembering: AnyRepository = {
      list: (query, options) => repository.list(query, options),
      get: (id, options) => repository.get(id, options),
      update: (id, patch, options) => repository.update(id, patch, options),
      delete: (id, options) => repository.delete(id, options),
      create: (input, options) => {
        const made = repository.create(input, options).then((entity) => {
          const ids = this.ids.get(name) ?? new Set();
          this.ids.set(name, ids.add(entity.id));
          return entity;
        });
        this.underway.add(made);
        const settled = () => this.underway.delete(made);
        made.then(settled, settled);
        return made;
      },
    };
    return remembering as unknown as Platform[K];
  }
}

async function remove(repository: AnyRepository, id: string): Promise<void> {
  const codeOf = (error: unknown) => (error instanceof PlatformError ? error.code : undefined);
  const gone = (error: unknown) => {
    if (codeOf(error) !== "not_found") throw error;
  };
  await repository.delete(id).catch(async (error) => {
    if (codeOf(error) !== "deletion_protected") return gone(error);
    await repository.update(id, { deletionProtection: false });
    return repository.delete(id).catch(gone);
  });
}
