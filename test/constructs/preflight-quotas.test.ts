import { App } from "cdktf";
import type { Look } from "../../lib/constructs/preflight/check";
import type { DeclaredItem } from "../../lib/constructs/preflight/declared";
import { quotas } from "../../lib/constructs/preflight/quotas";

// Whether what a stack declares fits into a project, with what is there: whose it is, and what can be the same.

interface Case {
  readonly quota: number;
  /** Names of instances that are declared; `null` for one that only Terraform knows, "lab/a" for one that is imported. */
  readonly declared: readonly (string | null)[];
  /** Names and marks of those that are there. */
  readonly there: readonly (readonly [name: string, mark: string | null])[];
  /** @default "dev" */
  readonly mark?: "unknown";
}

const construct = new App();

function item(name: string | null): DeclaredItem {
  const importKey = name?.includes("/") ? name : undefined;
  const values = {
    project_id: "prj-1",
    name: name === null ? ["$", "{var.name}"].join("") : name.replace(/.*\//, ""),
  };
  return {
    construct,
    importKey,
    values,
    collection: "instances",
    provider: undefined,
    count: 1,
    address: `fairlead_instance.${name}`,
  };
}

/** The number of the instance that has no room, and what is said of those that are there. */
function passed({ quota, declared, there, mark }: Case): string | undefined {
  const look = {
    declared: { projects: [], instances: declared.map(item), portForwards: [] },
    overview: {
      projects: [
        {
          id: "prj-1",
          name: "lab",
          externalIps: [],
          instanceQuota: quota,
          portForwardQuota: null,
          ownershipId: null,
        },
      ],
      instances: there.map(([name, ownershipId], i) => ({
        id: `ins-${i}`,
        projectId: "prj-1",
        name,
        ownershipId,
      })),
      portForwards: [],
    },
    mark: mark ? undefined : "dev",
  } as unknown as Look;
  const { findings, unchecked } = quotas(look);
  expect(unchecked).toEqual([]);
  return findings.map(({ problem }) => /the stack makes [^:]*/.exec(problem)?.[0]).join();
}

const fits = "";

test.each<[string, Case, string]>([
  [
    "others' and new ones",
    { quota: 2, declared: ["a", "b"], there: [["x", "theirs"]] },
    "the stack makes 2, and others have 1 in the project",
  ],
  [
    "ones that were taken over",
    {
      quota: 2,
      declared: ["a", "b"],
      there: [
        ["a", null],
        ["b", null],
      ],
    },
    fits,
  ],
  [
    "one more",
    {
      quota: 2,
      declared: ["a", "b", "c"],
      there: [
        ["a", null],
        ["b", null],
      ],
    },
    "the stack makes 3",
  ],
  ["ones under an old mark", { quota: 1, declared: ["a"], there: [["a", "old"]] }, fits],
  ["ones that are imported", { quota: 2, declared: ["lab/a", "b"], there: [["a", null]] }, fits],
  [
    "an import without room for more",
    { quota: 1, declared: ["lab/a", "b"], there: [["a", null]] },
    "the stack makes 2",
  ],
  [
    "a quota below what is there, with nothing to make",
    {
      quota: 1,
      declared: ["a", "b"],
      there: [
        ["a", "dev"],
        ["b", null],
      ],
    },
    fits,
  ],
  [
    "two of one name of which one is declared",
    {
      quota: 2,
      declared: ["a", "b"],
      there: [
        ["a", null],
        ["a", null],
      ],
    },
    "the stack makes 2, and others have 1 in the project",
  ],
  [
    "a namesake of the stack's own",
    {
      quota: 2,
      declared: ["a", "b"],
      there: [
        ["a", "theirs"],
        ["a", "dev"],
      ],
    },
    "the stack makes 2, and others have 1 in the project",
  ],
  ["own ones that are declared no longer", { quota: 1, declared: ["a"], there: [["gone", "dev"]] }, fits],
  [
    "names that only Terraform knows",
    {
      quota: 2,
      declared: [null, "b"],
      there: [
        ["a", null],
        ["b", null],
      ],
    },
    fits,
  ],
  [
    "more such names than there is room for",
    { quota: 1, declared: [null, null], there: [["a", null]] },
    "the stack makes 2",
  ],
  [
    "a mark that only Terraform knows",
    { quota: 1, declared: ["new"], there: [["a", "dev"]], mark: "unknown" },
    fits,
  ],
])("%s", (_, one, said) => {
  expect(passed(one)).toBe(said);
});
