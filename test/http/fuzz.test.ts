import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanUp, freshFolder } from "../support/clean-up";
import { root, run } from "../support/command";
import { idleImage } from "../support/idle-image";
import { startPlatformProcess } from "../support/platform-process";

jest.setTimeout(300_000);
afterEach(cleanUp);

const version = "4.32.5";
const secret = "planted-5ecret-of-the-fuzzing-test";
const seconds = "45";
/** The same cases each time: what a change has broken is found in that change. */
const seed = process.env.FAIRLEAD_FUZZ_SEED ?? "1";

/** What an answer is checked for: all of it, save that what is rejected need not be told apart by the document. */
const checks = [
  ...[
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
  ],
  ...["response_headers_conformance", "unsupported_method", "allow_header_conformance", "ignored_auth"],
  ...["use_after_free", "ensure_resource_availability", "no_planted_secret"],
];

/** Installs schemathesis into an environment of its own, once; undefined where there is no Python or no registry. */
function schemathesis(): string | undefined {
  const folder = join(tmpdir(), `fairlead-schemathesis-${version}`);
  const program = join(folder, "bin/schemathesis");
  if (existsSync(program)) return program;
  try {
    execFileSync("python3", ["-m", "venv", folder], { stdio: "pipe" });
    execFileSync(join(folder, "bin/pip"), ["install", "--quiet", `schemathesis==${version}`], {
      stdio: "pipe",
      timeout: 180_000,
    });
    return program;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    console.warn(`skipped: schemathesis cannot be installed (${(error as Error).message.split("\n")[0]})`);
    return undefined;
  }
}

const program = schemathesis();

(program ? test : test.skip)(
  "what the document of the API allows, and what it does not, is answered as it says",
  async () => {
    const { api, endpoint, token, launched } = await startPlatformProcess({ config: { images: idleImage } });
    const labels = { planted: "yes" };
    const project = await api.projects.create({ name: "planted", labels });
    const instance = {
      projectId: project.id,
      name: "planted",
      image: "idle",
      flavor: "small",
      userData: secret,
    };
    await api.instances.create({ ...instance, labels });
    const ended = await run(
      [
        ...[program!, "run", `${endpoint}/openapi.json`, "--header", `Authorization: Bearer ${token}`],
        ...["--phases", "coverage,fuzzing,stateful", "--checks", checks.join(",")],
        ...["--max-time", seconds, "--max-examples", "30", "--continue-on-failure", "--seed", seed],
      ],
      {
        cwd: freshFolder(),
        env: {
          PATH: process.env.PATH,
          PYTHONPATH: join(root, "test/fuzz"),
          PYTHONDONTWRITEBYTECODE: "1",
          SCHEMATHESIS_HOOKS: "hooks",
          FAIRLEAD_ENDPOINT: endpoint,
          FAIRLEAD_TOKEN: token,
          PLANTED_SECRET: secret,
        },
      },
    );
    if (ended.code !== 0) throw new Error(ended.output);
    expect(Number(/(\d+) generated, \1 passed/.exec(ended.stdout)?.[1])).toBeGreaterThan(100);
    const log = launched.output();
    for (const status of [200, 201, 204, 400, 404, 405, 409, 422])
      expect(log).toContain(`"status":${status}`);
    for (const hidden of [secret, token]) expect(log).not.toContain(hidden);
  },
);
