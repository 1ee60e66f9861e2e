import { changeSummary, natHeads, natRows, policyLines, readSource, warnings } from "../../lib/report";
import { forward, source, stackOf } from "./sample";

const now = Date.parse("2026-06-01T00:00:00Z");
const read = (content: unknown, more = {}) => readSource(source(content, more), now);

/** The cells of each line of a NAT table, by head. */
const table = (content: unknown, more = {}) =>
  natRows(read(content, more)).map(({ forward: { exposure }, cells }) => ({
    exposure,
    ...Object.fromEntries(natHeads.map((head, at) => [head, cells[at]])),
  }));

describe("a synthesized stack", () => {
  test("leads each forward to its instance and project by reference, and says what is not known yet", () => {
    expect(
      table(stackOf({ ssh: forward({ allowed_cidrs: ["198.51.100.0/24"], description: `\${var.text}` }) })),
    ).toEqual([
      {
        exposure: "limited",
        "": "",
        PROJECT: "ai-lab",
        INSTANCE: "web",
        EXTERNAL: "(at apply)/tcp",
        INTERNAL: "(at apply):22",
        SERVICE: "ssh",
        "WHO MAY CONNECT": "198.51.100.0/24",
        EXPIRES: "",
        DESCRIPTION: "(known after apply)",
      },
    ]);
  });

  test.each([
    [{}, "sensitive"],
    [{ allowed_cidrs: ["0.0.0.0/0"] }, "sensitive"],
    [{ allowed_cidrs: ["0.0.0.0/1", "10.0.0.0/8"] }, "sensitive"],
    [{ internal_port: 8080 }, "everyone"],
    [{ internal_port: `\${var.port}` }, "everyone"],
    [{ internal_port: 20, port_count: 5 }, "sensitive"],
    [{ protocol: "udp" }, "everyone"],
    [{ allowed_cidrs: ["198.51.100.0/24", "2001:db8::/32"] }, "limited"],
    [{ allowed_cidrs: `\${var.sources}` }, "unknown"],
    [{ allowed_cidrs: [`\${var.source}`] }, "unknown"],
    [{ enabled: false }, "closed"],
    [{ expires_at: "2026-05-31T00:00:00Z" }, "closed"],
    [{ expires_at: "2026-06-02T00:00:00Z" }, "sensitive"],
    [{ enabled: `\${var.on}` }, "sensitive"],
  ])("%j is %s", (more, exposure) => {
    expect(table(stackOf({ f: forward(more) }))).toMatchObject([{ exposure }]);
  });

  test("a forward that stands for many says so", () => {
    const each = (more: object) => Object(table(stackOf({ f: forward(more) }))[0]).EXTERNAL;
    expect(each({ for_each: { a: 1, b: 2 } })).toBe("(at apply)/tcp (each of 2)");
    expect(each({ count: `\${length(var.all)}` })).toBe(
      "(at apply)/tcp (each of as many as Terraform finds)",
    );
  });

  test("what the exposure policy said is there, with reasons, at the construct's path", () => {
    const exposure = {
      suppressed: [{ rule: "ssh-open-to-everyone", problem: "Port 22 is ssh.", reason: "A course." }],
      findings: [{ rule: "no-description", level: "warn", problem: "Nobody knows why." }],
      unchecked: [{ rule: "wide-range", prop: "port" }],
    };
    expect(policyLines(read(stackOf({ ssh: forward({}, { exposure }) })))).toEqual([
      {
        kind: "accepted",
        at: "lab/Web/Ssh",
        rule: "ssh-open-to-everyone",
        text: "Port 22 is ssh. Reason: A course.",
      },
      { kind: "warning", at: "lab/Web/Ssh", rule: "no-description", text: "Nobody knows why." },
      {
        kind: "not checked",
        at: "lab/Web/Ssh",
        rule: "wide-range",
        text: "port is known to Terraform only.",
      },
    ]);
  });
});

/** A change as `terraform show -json` writes it. */
const change = (name: string, actions: string[], before: object | null, after: object | null, more = {}) => ({
  address: `fairlead_port_forward.${name}`,
  mode: "managed",
  type: "fairlead_port_forward",
  change: { actions, before, after, ...more },
});
const made = {
  id: "fwd-1",
  project_id: "prj-1",
  instance_id: "ins-1",
  protocol: "tcp",
  internal_port: 22,
  port_count: 1,
  external_ip: "203.0.113.5",
  external_port: 20170,
  allowed_cidrs: ["198.51.100.0/24"],
};
const planOf = (...changes: object[]) => ({ format_version: "1.2", resource_changes: changes });

describe("a plan", () => {
  test("that lets in more than before says so first", () => {
    const stack = read(
      planOf(
        change("a", ["update"], made, { ...made, allowed_cidrs: [] }),
        change("b", ["no-op"], made, made),
      ),
    );
    expect(changeSummary(stack)).toBe("1 forward changed.");
    expect(warnings(stack)).toEqual(["Newly open to everyone: ins-1:22 (ssh), at 203.0.113.5:20170/tcp."]);
  });

  test("that closes something warns of nothing", () => {
    const open = { ...made, allowed_cidrs: [] };
    expect(
      warnings(read(planOf(change("a", ["update"], open, made), change("b", ["delete"], open, null)))),
    ).toEqual([]);
  });

  test.each([
    [["create"], "forward added"],
    [["delete"], "forward removed"],
    [["delete", "create"], "forward replaced"],
    [["create", "delete"], "forward replaced"],
    [["forget"], "forward no longer managed"],
  ])("%j is a %s", (actions, words) => {
    const stack = read(
      planOf(change("a", actions, actions[0] === "create" && !actions[1] ? null : made, made)),
    );
    expect(changeSummary(stack)).toBe(`1 ${words}.`);
  });

  test("one that only imports, one that changes nothing, and what others change", () => {
    expect(changeSummary(read(planOf(change("a", ["no-op"], made, made, { importing: { id: "x" } }))))).toBe(
      "1 forward imported.",
    );
    expect(changeSummary(read(planOf(change("a", ["no-op"], made, made))))).toBe("Nothing changes.");
    const other = { ...change("a", ["create"], null, {}), type: "random_id" };
    expect(changeSummary(read(planOf(other)))).toBe("1 of other providers changed.");
  });

  test("says when it is not whole, and when the world has moved", () => {
    const drift = [change("a", ["update"], made, made)];
    expect(read({ ...planOf(), errored: true, resource_drift: drift }).remarks).toEqual([
      "The plan has ended with an error: what is behind it is missing here.",
      "1 was changed by somebody else since the last apply.",
    ]);
  });

  test("has its construct paths from the stack beside it", () => {
    const synthesized = JSON.stringify(stackOf({ a: forward() }));
    const stack = read(planOf(change('a["x"]', ["create"], null, made)), { synthesized });
    expect(stack.name).toBe("dev");
    expect(stack.projects[0]!.instances[0]!.forwards[0]!.constructPath).toBe("lab/Web/Ssh");
  });
});

test("sensitive values are nowhere: not in a plan, a state, or a state file", () => {
  const secret = { ...made, description: "s3cret", allowed_cidrs: ["192.0.2.77/32"] };
  const sensitive = { description: true, allowed_cidrs: [true] };
  const all = [
    planOf(
      change(
        "a",
        ["update"],
        secret,
        { ...secret, description: "s3cret2" },
        {
          before_sensitive: sensitive,
          after_sensitive: sensitive,
        },
      ),
    ),
    {
      format_version: "1.0",
      values: {
        root_module: {
          resources: [
            {
              address: "a.b",
              mode: "managed",
              type: "fairlead_port_forward",
              values: secret,
              sensitive_values: sensitive,
            },
          ],
        },
      },
    },
    {
      version: 4,
      serial: 1,
      resources: [
        {
          mode: "managed",
          type: "fairlead_port_forward",
          name: "a",
          instances: [
            {
              attributes: secret,
              sensitive_attributes: [
                [{ type: "get_attr", value: "description" }],
                [
                  { type: "get_attr", value: "allowed_cidrs" },
                  { type: "index", value: 0 },
                ],
              ],
            },
          ],
        },
      ],
    },
  ];
  for (const content of all) {
    const said = JSON.stringify(table(content));
    expect(said).toContain("(sensitive)");
    expect(said).not.toMatch(/s3cret|192\.0\.2\.77/);
  }
});

test("what waits to be destroyed is in no state, whichever way it is written", () => {
  const values = { id: "ins-1", name: "web" };
  const shown = { address: "fairlead_instance.web", mode: "managed", type: "fairlead_instance", values };
  const kept = { mode: "managed", type: "fairlead_instance", name: "web" };
  const old = { ...values, id: "ins-0", name: "old" };
  for (const content of [
    {
      format_version: "1.0",
      values: { root_module: { resources: [{ ...shown, values: old, deposed_key: "0a1b2c3d" }, shown] } },
    },
    {
      ...{ version: 4, serial: 1 },
      resources: [{ ...kept, instances: [{ attributes: old, deposed: "0a1b2c3d" }, { attributes: values }] }],
    },
  ]) {
    const [project] = read(content).projects;
    expect(project!.instances.map(({ name }) => name)).toEqual(["web"]);
  }
});

test.each([
  ["PK\u0003\u0004binary", /x\.json is a plan as .*Run `terraform show -json x\.json > plan\.json`/],
  ["", /x\.json is empty\. A report is made of/],
  ["{", /x\.json is no JSON: .*A report is made of/],
  ["[]", /x\.json holds JSON, but no object/],
  [{ hello: 1 }, /JSON of another kind: its fields are hello\. A report is made of/],
  [{ format_version: "1.0", provider_schemas: {} }, /is a list of providers/],
  [{ format_version: "2.0" }, /has the format 2\.0, but this fairlead reads 1\.x/],
  [{ version: 3, serial: 1 }, /is a state of version 3, but this fairlead reads 4\. Run/],
])("%j is refused with what to do", (content, message) => {
  expect(() => read(content)).toThrow(message);
});
