import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import packageJson from "../../package.json";
import { cleanUp, freshFolder, onCleanUp } from "../support/clean-up";
import { freshEnvironment, launch, root, run, succeeded } from "../support/command";
import { npm } from "../support/npm";
import { packPackage } from "../support/packed-package";
import { githubJobs, gitlabJobs, type PipelineJob } from "../support/pipeline-file";
import { hasPackages, runJobs, startJob } from "../support/pipeline-job";
import { filesThatSay } from "../support/planted";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { eventually } from "../support/processes";
import { asOneLine } from "../support/terraform";
import { httpBody } from "../support/traffic";

// examples/pipeline as CI services run it: exactly the commands of its files, on a real platform and a shared state.

jest.setTimeout(300_000);

const example = join(root, "examples/pipeline");
const read = (file: string) => readFileSync(join(example, file), "utf8");
const token = "planted-token-0123456789";
const account = { TF_HTTP_USERNAME: "ci", TF_HTTP_PASSWORD: "planted-password-0123456789" };

/** The repository, with the packed fairlead in its lock file. */
let repository: string;
let platform: PlatformProcess;
let stateUrl: string;

const slow = `setTimeout(() => require("node:http").createServer((_, answer) => answer.end("slow")).listen(8080, process.env.FAIRLEAD_PRIVATE_IP), 4000)`;
const config = {
  images: { slow: { description: "slow", command: [process.execPath, "-e", slow], ready: { tcp: 8080 } } },
};

beforeAll(async () => {
  const { tarball } = await packPackage();
  repository = freshFolder("fairlead-repository-");
  cpSync(example, repository, { recursive: true });
  await npm(["install", "--package-lock-only", "--no-audit", "--no-fund", tarball], repository);
  const dataDir = join(freshFolder(), "data");
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, "token"), `${token}\n`);
  platform = await startPlatformProcess({ dataDir, config });
  const folder = freshFolder();
  const server = launch(
    [process.execPath, "--import", "tsx", join(example, "state-server.ts"), "--port", "0", "--data", folder],
    { cwd: root, env: freshEnvironment(folder, account) },
  );
  await eventually(() => server.stdout().includes("\n"), 20_000);
  stateUrl = /STATE_URL=(\S+)/.exec(server.stdout())![1]!;
});
afterAll(cleanUp);

/** A commit: the repository as it is after a change of its program. */
function commit(change: (program: string) => string = (program) => program): string {
  const folder = freshFolder("fairlead-commit-");
  cpSync(repository, folder, { recursive: true });
  const program = join(folder, "main.ts");
  writeFileSync(program, change(readFileSync(program, "utf8")));
  return folder;
}

interface Comment {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Where the service takes comments. */
async function commentServer(): Promise<{ url: string; comments: Comment[] }> {
  const comments: Comment[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    comments.push({ path: request.url!, headers: request.headers, body });
    response.writeHead(201).end("{}");
  }).listen(0, "127.0.0.1");
  onCleanUp(() => void server.close());
  await eventually(() => server.listening);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, comments };
}

let runs = 0;

/** What the workflow makes of an event; each state is a deployment of its own. */
function onGithub(event: "push" | "pull_request", state: string, api = "http://127.0.0.1:9"): PipelineJob[] {
  const jobs = githubJobs(read(".github/workflows/deploy.yml"), {
    "vars.STATE_URL": stateUrl.replace(/lab$/, state),
    "vars.STATE_USERNAME": account.TF_HTTP_USERNAME,
    "secrets.STATE_PASSWORD": account.TF_HTTP_PASSWORD,
    "vars.FAIRLEAD_ENDPOINT": platform.endpoint,
    "secrets.FAIRLEAD_TOKEN": token,
    "secrets.GITHUB_TOKEN": "github-token",
    "github.event_name": event,
    "github.event.number": "7",
    "github.run_id": String(++runs),
    "github.run_attempt": "1",
  });
  const given = { GITHUB_API_URL: api, GITHUB_REPOSITORY: "team/lab" };
  return jobs.map((job) => ({ ...job, environment: { ...given, ...job.environment } }));
}

/** What Terraform says, in one line and no colour. */
const said = (output: string) => asOneLine(stripVTControlCharacters(output));
const named = (name: string) => (program: string) => program.replace('name: "lab"', `name: "${name}"`);
const forwardsOf = async (project: string) => {
  const found = (await platform.api.projects.list({ name: project })).items[0];
  return found ? (await platform.api.portForwards.list({ projectId: found.id })).items : [];
};

test("its packages are those that fairlead is tested with", () => {
  const { dependencies, devDependencies } = JSON.parse(read("package.json"));
  const { fairlead, ...others } = { ...dependencies, ...devDependencies };
  expect(fairlead).toBe(packageJson.version);
  expect(packageJson.devDependencies).toMatchObject(others);
});

test("GitHub: a pull request is planned and commented on; nothing is made", async () => {
  const { url, comments } = await commentServer();
  const artifacts = freshFolder();
  await runJobs(onGithub("pull_request", "asked", url), commit(named("asked")), artifacts);
  expect(comments).toMatchObject([
    { path: "/repos/team/lab/issues/7/comments", headers: { authorization: "Bearer github-token" } },
  ]);
  const { body } = JSON.parse(comments[0]!.body);
  expect(body).toContain("**1 forward added, 1 instance added, 1 project added.**");
  expect(body).toContain("> Newly open to everyone: web:8080 (http).");
  expect(body).toContain("<code>lab/Project/Web/Page</code>");
  expect(await forwardsOf("asked")).toEqual([]);
});

test("GitHub: a push is planned here and applied there, with nothing but the artifact, which holds no secret", async () => {
  const artifacts = freshFolder();
  const [plan, apply] = onGithub("push", "pushed");
  const code = commit(named("pushed"));
  const planned = await succeeded(startJob(plan!, code, artifacts).exit);
  const applying = startJob(apply!, code, artifacts);
  const applied = await succeeded(applying.exit);
  expect(applied.output).toContain("3 added, 0 changed, 0 destroyed.");
  expect(hasPackages(applying.folder)).toBe(false);
  const [page] = await forwardsOf("pushed");
  expect(applied.output).toContain(page!.socketAddress);
  expect(await httpBody(page!.socketAddress)).toContain("hello from web");
  for (const secret of [token, account.TF_HTTP_PASSWORD]) {
    expect(planned.output + applied.output).not.toContain(secret);
    expect(filesThatSay(secret, applying.folder)).toEqual([]);
  }

  // The plan has been applied, and is not again.
  const again = await startJob(apply!, code, artifacts).exit;
  expect(again.code).toBe(1);
  expect(said(again.output)).toContain("Saved plan is stale");
  expect(await forwardsOf("pushed")).toMatchObject([{ id: page!.id, revision: page!.revision }]);
});

test("two deploys at once: one is made, the other one is told that its plan is stale, and goes through anew", async () => {
  const sides = ["north", "south"].map((side) => ({
    side,
    jobs: onGithub("push", "raced"),
    code: commit((program) => named("raced")(program).replace("web service", `web service, ${side}`)),
    artifacts: freshFolder(),
  }));
  await Promise.all(
    sides.map(({ jobs, code, artifacts }) => succeeded(startJob(jobs[0]!, code, artifacts).exit)),
  );
  const deploys = await Promise.all(
    sides.map(async (each) => ({
      ...each,
      ended: await startJob(each.jobs[1]!, each.code, each.artifacts).exit,
    })),
  );
  const won = deploys.find(({ ended }) => ended.code === 0);
  const lost = deploys.find((each) => each !== won);
  expect(won).toBeDefined();
  expect(said(lost!.ended.output)).toMatch(
    /Saved plan is stale .*the state was changed by another operation after the plan was created/,
  );
  const [page, ...others] = await forwardsOf("raced");
  expect([page!.description, ...others]).toEqual([`web service, ${won!.side}`]);
  await runJobs(onGithub("push", "raced"), lost!.code, freshFolder());
  expect(await forwardsOf("raced")).toMatchObject([
    { id: page!.id, description: `web service, ${lost!.side}` },
  ]);
});

test("a job that is killed leaves its lock; force-unlock releases it, and the same job again finishes its work", async () => {
  const artifacts = freshFolder();
  const [plan, apply] = onGithub("push", "killed");
  const code = commit((program) => named("killed")(program).replace('"http-hello"', '"slow"'));
  await succeeded(startJob(plan!, code, artifacts).exit);
  const killed = startJob(apply!, code, artifacts);
  const instances = async () => {
    const [project] = (await platform.api.projects.list({ name: "killed" })).items;
    return project ? (await platform.api.instances.list({ projectId: project.id })).items : [];
  };
  await eventually(async () => (await instances()).length === 1, 60_000);
  killed.launched.signal("SIGKILL");
  await killed.exit;
  const made = await instances();

  // Whoever is next waits for the lock, for five minutes; a look without patience says whose it is. Its "Lock Info" is the
  // look's own.
  const next = startJob(apply!, code, artifacts);
  const cwd = join(killed.folder, "cdktf.out/stacks/lab");
  const terraform = (...args: string[]) => run(["terraform", ...args], { cwd, env: killed.environment });
  const refused = said((await terraform("plan", "-input=false")).output);
  const id = /Error acquiring the state lock .*already locked: ID=(\S+)/.exec(refused)![1]!;
  expect(next.launched.process.exitCode).toBeNull();
  await succeeded(terraform("force-unlock", "-force", id));
  expect((await succeeded(next.exit)).output).toContain("3 added, 0 changed, 0 destroyed.");
  expect((await instances()).map((instance) => instance.id)).toEqual(made.map((instance) => instance.id));
  const [page] = await forwardsOf("killed");
  expect(await httpBody(page!.socketAddress)).toBe("slow");
});

test("the state server asks who it is, knows states alone, and takes no state from one who does not hold its lock", async () => {
  const authorization = `Basic ${Buffer.from(Object.values(account).join(":")).toString("base64")}`;
  const ask = async (method: string, url: string, body?: string, headers: object = { authorization }) => {
    const answer = await fetch(url, { method, body, headers: { ...headers } });
    return `${answer.status} ${await answer.text()}`.trim();
  };
  const url = stateUrl.replace(/lab$/, "asked-by-hand");
  const wrong = { authorization: authorization.replace(/.{4}$/, "AAAA") };
  for (const headers of [{}, wrong]) expect(await ask("GET", url, undefined, headers)).toBe("401");
  for (const name of ["..%2Fx", "x.lock", "X"]) {
    expect(await ask("GET", new URL(name, url).href)).toBe("404");
  }
  expect(await ask("GET", url)).toBe("204");
  for (const body of ["", "mine", '{"id":"mine"}']) expect(await ask("LOCK", url, body)).toBe("400");
  const [mine, yours] = ['{"ID":"mine"}', '{"ID":"yours"}'];
  expect(await ask("LOCK", url, mine)).toBe("200");
  expect(await ask("LOCK", url, yours)).toBe(`423 ${mine}`);
  expect(await ask("UNLOCK", url, yours)).toBe(`409 ${mine}`);
  for (const id of ["", "?ID=yours"]) expect(await ask("POST", url + id, "{}")).toBe(`409 ${mine}`);
  expect(await ask("POST", `${url}?ID=mine`, '{"serial":1}')).toBe("200");
  expect(await ask("UNLOCK", url, mine)).toBe("200");
  expect(await ask("UNLOCK", url, mine)).toBe("409");
  expect(await ask("POST", `${url}?ID=mine`, '{"serial":2}')).toBe("409");
  expect(await ask("GET", url)).toBe('200 {"serial":1}');
});

test("GitLab: a merge request gets its report as a note, and the default branch is applied", async () => {
  const { url, comments } = await commentServer();
  const settings = {
    ...account,
    STATE_URL: stateUrl.replace(/lab$/, "gitlab"),
    FAIRLEAD_ENDPOINT: platform.endpoint,
    FAIRLEAD_TOKEN: token,
    COMMENT_TOKEN: "comment-token",
    CI_DEFAULT_BRANCH: "main",
    CI_API_V4_URL: url,
    CI_PROJECT_ID: "42",
    CI_JOB_ID: "1001",
  };
  const event = { CI_PIPELINE_SOURCE: "merge_request_event", CI_MERGE_REQUEST_IID: "7" };
  const asked = gitlabJobs(read(".gitlab-ci.yml"), { ...settings, ...event });
  expect(asked.map(({ name }) => name)).toEqual(["plan", "comment"]);
  const code = commit(named("gitlab"));
  await runJobs(asked, code, freshFolder());
  expect(comments).toMatchObject([
    { path: "/projects/42/merge_requests/7/notes", headers: { "private-token": "comment-token" } },
  ]);
  expect(new URLSearchParams(comments[0]!.body).get("body")).toContain("1 forward added");
  expect(await forwardsOf("gitlab")).toEqual([]);

  const merged = gitlabJobs(read(".gitlab-ci.yml"), {
    ...settings,
    CI_PIPELINE_SOURCE: "push",
    CI_COMMIT_BRANCH: "main",
  });
  expect(merged.map(({ name }) => name)).toEqual(["plan", "apply"]);
  await runJobs(merged, code, freshFolder());
  expect(await httpBody((await forwardsOf("gitlab"))[0]!.socketAddress)).toContain("hello from web");
});
