import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import ts from "typescript";

const lib = resolve(__dirname, "../lib");

/** Which folder (or file directly below lib) may import which; a folder may always import itself. */
const mayImport: Record<string, readonly string[]> = {
  contract: [],
  log: [],
  tfplugin: [],
  bindings: [],
  http: ["contract", "log"],
  openstack: ["contract", "http/transport"],
  embedded: ["contract", "http/server", "log"],
  connect: ["contract", "http/client", "openstack"],
  report: ["contract"],
  probe: [],
  provider: ["contract", "tfplugin", "connect"],
  constructs: ["contract", "bindings", "connect", "probe/expectation"],
  testing: [
    "contract",
    "constructs",
    "connect",
    "embedded/engine/built-in-images",
    "embedded/index",
    "table",
    "terraform",
  ],
  table: [],
  terraform: [],
  index: ["constructs", "contract"],
  plain: ["contract"],
  platform: [
    "contract",
    "log",
    "plain",
    "http/server",
    "testing/conformance/suite",
    "testing/conformance/subject",
  ],
  cli: [
    "contract",
    "tfplugin",
    "bindings",
    "http",
    "openstack",
    "embedded",
    "log",
    "connect",
    "provider",
    "constructs",
    "report",
    "probe",
    "table",
    "terraform",
  ],
};

/** Volatile third parties enter through few files. */
const entrances: Record<string, RegExp> = {
  libsql: /^embedded\/sqlite$/,
  koffi: /^embedded\/udp\/system-calls$/,
  axios: /^http\/transport$/,
  hono: /^http\/(app|request)$/,
  "@hono/node-server": /^http\/(server|request)$/,
  "@hono/zod-openapi": /^http\/openapi$/,
  yaml: /^(openstack\/clouds-file|cli\/platform\/config-file)$/,
  commander: /^cli\/fairlead$/,
  "@cdktf/provider-null": /^constructs\/reachability$/,
  cdktf: /^(constructs|bindings)\/|^testing\/(scope|synthesis)$/,
  constructs: /^(constructs|bindings|testing)\//,
};

/** The construct library asks a platform in these files only. */
const askers = /^constructs\/(lookup|preflight|default-provider)/;

interface SourceFile {
  /** Path below lib, without extension. */
  readonly name: string;
  readonly area: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly string[];
}

const files: SourceFile[] = readdirSync(lib, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => {
    const text = readFileSync(join(lib, path), "utf8");
    const name = path.replace(/\.ts$/, "");
    // Dynamic imports, `require` and `typeof import(...)` count as well: laziness does not change direction.
    const dynamic = [...text.matchAll(/\b(?:require|import)\(\s*"([^"]+)"\s*\)/g)].map((match) => match[1]!);
    const found = ts.preProcessFile(text, true, true).importedFiles.map((file) => file.fileName);
    return {
      name,
      area: name.split("/")[0]!,
      text,
      lines: text.split("\n").length - 1,
      imports: [...new Set([...found, ...dynamic])],
    };
  });
const names = new Set(files.map((file) => file.name));

/** The file of lib that a relative import means; undefined for what is outside (package.json). */
function target(file: SourceFile, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const path = relative(lib, resolve(lib, dirname(file.name), specifier)).replace(/\.(js|ts)$/, "");
  return [path, `${path}/index`].find((candidate) => names.has(candidate));
}

/** False when only `import type` names the specifier. */
function importsValue(file: SourceFile, specifier: string): boolean {
  const statements = file.text.match(/^(import|export)\b[^;]*;/gm) ?? [];
  const own = statements.filter((statement) => statement.includes(`"${specifier}"`));
  return own.length === 0 || own.some((statement) => !/^(import|export) type\b/.test(statement));
}

const edges = files.flatMap((file) =>
  file.imports.flatMap((specifier) => {
    const to = target(file, specifier);
    return to === undefined ? [] : [{ from: file, to, typeOnly: !importsValue(file, specifier) }];
  }),
);

test("there is something to check", () => {
  expect(files.length).toBeGreaterThan(50);
  expect(edges.length).toBeGreaterThan(100);
  for (const { area } of files) expect(Object.keys(mayImport)).toContain(area);
});

test("every relative import leads to a file of lib, to package.json, or to what the build makes", () => {
  const lost = files.flatMap((file) =>
    file.imports
      .filter(
        (specifier) =>
          specifier.startsWith(".") && !/\/(package\.json|dist\/cli\/provider-program\.txt)$/.test(specifier),
      )
      .filter((specifier) => target(file, specifier) === undefined)
      .map((specifier) => `${file.name} -> ${specifier}`),
  );
  expect(lost).toEqual([]);
});

test("imports run in the design's direction", () => {
  const wrong = edges
    .filter(({ from, to }) => {
      const area = to.split("/")[0]!;
      const allowed = mayImport[from.area]!;
      return area !== from.area && !allowed.includes(area) && !allowed.includes(to);
    })
    .map(({ from, to }) => `${from.name} -> ${to}`);
  expect(wrong).toEqual([]);
});

test("constructs ask a platform only from lookups, preflight and the default provider's notice", () => {
  const wrong = edges.filter(
    ({ from, to }) => from.area === "constructs" && to === "connect" && !askers.test(from.name),
  );
  expect(wrong.map(({ from }) => from.name)).toEqual([]);
});

test("the conformance suite knows the contract, and no platform", () => {
  const wrong = edges.filter(
    ({ from, to }) => from.name.startsWith("testing/conformance/") && !/^(contract|testing)\//.test(to),
  );
  expect(wrong.map(({ from, to }) => `${from.name} -> ${to}`)).toEqual([]);
});

test("what users test with starts and asks platforms from outside: nothing of a platform runs in the test's process", () => {
  const wrong = edges.filter(
    ({ from, to, typeOnly }) =>
      from.area === "testing" &&
      to.startsWith("embedded/") &&
      to !== "embedded/engine/built-in-images" &&
      !typeOnly,
  );
  expect(wrong.map(({ from, to }) => `${from.name} -> ${to}`)).toEqual([]);
});

test("only the conformance suite and the set-up of jest use the test runner's globals", () => {
  const globals = /(?<![.\w])(?:test\("|expect\([^")]*\)\.|(?:before|after)(?:All|Each)\()/;
  const users = files
    .filter(({ text }) => globals.test(text.replace(/\/\*\*[\s\S]*?\*\//g, "")))
    .map(({ name }) => name);
  expect(users.filter((name) => !name.startsWith("testing/conformance/"))).toEqual(["testing/jest"]);
  expect(users).toContain("testing/conformance/suite");
});

test("there are no cycles", () => {
  const next = new Map<string, string[]>();
  // A construct and its factory name each other's interfaces; such imports are gone when the code runs.
  for (const { from, to } of edges.filter((edge) => !edge.typeOnly))
    next.set(from.name, [...(next.get(from.name) ?? []), to]);
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) cycles.push([...path.slice(path.indexOf(name)), name].join(" -> "));
    if (done.has(name) || path.includes(name)) return;
    for (const to of next.get(name) ?? []) visit(to, [...path, name]);
    done.add(name);
  };
  for (const name of names) visit(name, []);
  expect(cycles).toEqual([]);
});

test("third parties enter through their one door", () => {
  const wrong = files.flatMap((file) =>
    file.imports
      .map((specifier) =>
        specifier
          .split("/")
          .slice(0, specifier.startsWith("@") ? 2 : 1)
          .join("/"),
      )
      .filter((name) => entrances[name] && !entrances[name].test(file.name))
      .map((name) => `${file.name} -> ${name}`),
  );
  expect(wrong).toEqual([]);
});

test("what moves packets and runs instances knows no row, and UDP sockets know no forward", () => {
  const allowed: Record<string, RegExp> = {
    "embedded/gateway": /^(contract\/|embedded\/(gateway|udp)\/)/,
    "embedded/engine": /^(contract\/|log$|embedded\/engine\/)/,
    "embedded/udp": /^embedded\/udp\//,
  };
  const within = edges.filter(({ from }) => dirname(from.name) in allowed);
  expect([...new Set(within.map(({ from }) => dirname(from.name)))].sort()).toEqual(
    Object.keys(allowed).sort(),
  );
  const wrong = within.filter(({ from, to }) => !allowed[dirname(from.name)]!.test(to));
  expect(wrong.map(({ from, to }) => `${from.name} -> ${to}`)).toEqual([]);
});

test("tfplugin needs nothing but Node", () => {
  const foreign = files
    .filter((file) => file.area === "tfplugin")
    .flatMap((file) =>
      file.imports.filter((specifier) => !/^(node:|\.)/.test(specifier)).map((to) => `${file.name} -> ${to}`),
    );
  expect(foreign).toEqual([]);
});

test("the command loads a verb when it runs", () => {
  const command = files.find((file) => file.name === "cli/fairlead")!;
  const eager = [...command.text.matchAll(/^import (?!type).*from "([^"]+)";$/gm)].map((match) => match[1]);
  expect(eager.sort()).toEqual(["../provider/version", "commander"]);
});

test("files are small: half of them up to 80 lines, none over 400", () => {
  const counted = files.filter((file) => file.area !== "bindings");
  const sorted = counted.map((file) => file.lines).sort((a, b) => a - b);
  expect(counted.filter((file) => file.lines > 400).map((file) => `${file.name}: ${file.lines}`)).toEqual([]);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(80);
});

test("folders are at most two deep, and their names say what is in them", () => {
  const folders = [...new Set(files.map((file) => dirname(file.name)))].filter(
    (folder) => !folder.startsWith("bindings"),
  );
  expect(folders.filter((folder) => folder.split("/").length > 2)).toEqual([]);
  const vague = /^(utils?|common|helpers?|types|misc|shared)$/;
  expect(
    [...folders.map((folder) => basename(folder)), ...files.map((file) => basename(file.name))].filter(
      (name) => vague.test(name),
    ),
  ).toEqual([]);
});

test("every folder's index opens with what may live there", () => {
  const folders = [...new Set(files.map((file) => file.area))].filter((area) =>
    files.some((file) => file.name.startsWith(`${area}/`)),
  );
  for (const folder of folders) {
    const index = files.find((file) => file.name === `${folder}/index`);
    expect(`${folder}: ${index?.text.slice(0, 60)}`).toMatch(/: \/\*\*\s[\s*]*[A-Z][^\n]{20}/);
  }
});

test("a noun has the same file name in every layer", () => {
  for (const noun of ["project", "instance", "port-forward"]) {
    for (const layer of ["contract", "embedded", "openstack", "provider", "constructs"]) {
      expect(names).toContain(`${layer}/${noun}`);
    }
  }
});

test("importing the construct library loads no database, gateway, web server, HTTP client, OpenStack or plugin server", () => {
  const script = `
    require(${JSON.stringify(resolve(lib, "../dist/index.js"))});
    process.stdout.write(JSON.stringify({ files: Object.keys(require.cache), builtins: process.moduleLoadList }));
  `;
  const loaded = JSON.parse(execFileSync(process.execPath, ["-e", script], { encoding: "utf8" })) as {
    files: string[];
    builtins: string[];
  };
  expect(loaded.files.length).toBeGreaterThan(20);
  const forbidden =
    /[\\/](libsql|koffi|axios|hono|@hono[\\/][^\\/]+|yaml)[\\/]|dist[\\/](embedded|openstack|tfplugin|provider|http|cli)[\\/]/;
  expect(loaded.files.filter((file) => forbidden.test(file))).toEqual([]);
  expect(loaded.builtins).not.toContain("NativeModule http2");
});
