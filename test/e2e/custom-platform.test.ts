import { readFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { conformance, type Platform, PlatformError, type Subject, servePlatform } from "fairlead/platform";
import { type Company, startCompany } from "../../examples/custom-platform/company/api";
import { companyPlatform } from "../../examples/custom-platform/platform";
import { CdktfApp } from "../support/cdktf-app";
import { cleanUp, freshFolder, onCleanUp } from "../support/clean-up";
import { freshEnvironment, launch, root } from "../support/command";
import { freshAddress } from "../support/embedded";
import { eventually } from "../support/processes";
import { httpBody, tcpExchange, udpExchange } from "../support/traffic";

// A platform that is not ours, behind `Platform`, by what the package exports.

jest.setTimeout(240_000);
afterEach(cleanUp);

const examples = join(__dirname, "../../examples");

/** The company, with addresses that no other test uses. */
const company = () => {
  const publicIp = freshAddress();
  return startCompany({ publicIp, boxNetwork: `127.${200 + (Number(publicIp.split(".")[2]) % 50)}` });
};

const subject: Omit<Subject, "name" | "start"> = {
  images: { web: "http-hello", echo: "echo" },
  flavors: ["small", "large"],
};
const lacks = [
  ...(["portRanges", "externalIpChoice", "sources", "expiry", "disabling"] as const),
  ...(["deletionProtection", "quotas", "userData", "sshKeys", "statistics"] as const),
  ...(["proxyProtocol", "clientAddress", "projectIsolation"] as const),
];

conformance({
  ...subject,
  name: "a company's own platform, with all rights",
  start: async () => running(await company(), "staff"),
  without: lacks,
});

conformance({
  ...subject,
  name: "a company's own platform, with the right to dig holes",
  start: async () => {
    const all = await company();
    const { projects, instances } = companyPlatform(all.url, all.keys.staff);
    for (const name of ["ai-lab", "other"]) {
      const { id: projectId } = await projects.create({ name });
      for (const [title, image] of Object.entries({ web: "http-hello", next: "http-hello", echo: "echo" }))
        await instances.create({ projectId, name: `${name} ${title}`, image, flavor: "small" });
    }
    return running(all, "customer");
  },
  without: [...lacks, "projectManagement", "instanceManagement"],
  existing: ["ai-lab", "other"],
});

const running = ({ url, keys, close }: Company, who: keyof Company["keys"]) => ({
  platform: companyPlatform(url, keys[who]),
  stop: close,
});

test("it takes less than 200 lines", () => {
  const text = readFileSync(join(examples, "custom-platform/platform.ts"), "utf8");
  expect(text.split("\n").length - 1).toBeLessThan(200);
});

async function started(): Promise<Company & { readonly platform: Platform }> {
  const all = await company();
  onCleanUp(all.close);
  return { ...all, platform: companyPlatform(all.url, all.keys.staff) };
}

test("the quickstart's program is deployed on it, carries traffic, changes in place and goes", async () => {
  const { platform } = await started();
  const server = await servePlatform(platform, {
    ...{ host: "127.0.0.1", port: 0, token: "s3cret", version: "1.0.0" },
  });
  onCleanUp(server.close);
  const program = readFileSync(join(examples, "quickstart/main.ts"), "utf8");
  const compiled = (text: string) => transformSync(text, { loader: "ts", format: "cjs" }).code;
  const app = new CdktfApp(compiled(program), {
    FAIRLEAD_ENDPOINT: server.endpoint,
    FAIRLEAD_TOKEN: "s3cret",
  });
  await app.succeed("deploy", "--auto-approve");
  const before = (await platform.portForwards.list()).items;
  const at = (protocol: string, internalPort: number) =>
    before.find((forward) => forward.protocol === protocol && forward.internalPort === internalPort)!;
  expect(before).toHaveLength(4);
  expect(await httpBody(at("tcp", 8080).socketAddress)).toContain("hello from web");
  expect(await tcpExchange(at("tcp", 2222).socketAddress, "", 4)).toContain("SSH-2.0-Company web");
  expect(at("tcp", 7007).externalPort).toBe(30_022);
  expect(await tcpExchange(at("tcp", 7007).socketAddress, "ahoy", 4)).toBe("ahoy");
  expect(await udpExchange(at("udp", 7007).socketAddress, "ahoy")).toBe("ahoy");
  expect(await app.succeed("diff")).toContain("No changes.");

  app.write(compiled(program.replace("Port.tcp(8080)", "Port.tcp(8081)")));
  await app.succeed("deploy", "--auto-approve");
  const page = await platform.portForwards.get(at("tcp", 8080).id);
  expect(page).toMatchObject({ internalPort: 8081, externalPort: at("tcp", 8080).externalPort });
  expect(await httpBody(page.socketAddress)).toContain(":8081");

  app.write(compiled(program.replace('description: "web service"', 'expiresAt: "2099-01-01T00:00:00Z"')));
  const refused = await app.run("diff");
  expect(refused.code).not.toBe(0);
  expect(refused.output.replace(/\s+/g, " ")).toContain("the platform lacks expiry");

  app.write(compiled(program));
  await app.succeed("destroy", "--auto-approve");
  for (const name of ["projects", "instances", "portForwards"] as const) {
    expect((await platform[name].list()).items).toEqual([]);
  }
});

test("who was quicker at the company's API is named, although nothing was there when it was asked", async () => {
  const { url, keys, platform } = await started();
  const others = companyPlatform(url, keys.staff);
  const { id: projectId } = await platform.projects.create({ name: "ai-lab" });
  const instance = { projectId, image: "http-hello", flavor: "small" };
  const [web, next] = await Promise.all([
    platform.instances.create({ ...instance, name: "web" }),
    platform.instances.create({ ...instance, name: "next" }),
  ]);
  const wanted = { projectId, protocol: "tcp", internalPort: 8080, externalPort: 30_022 } as const;
  const outcomes = await Promise.allSettled([
    platform.portForwards.create({ ...wanted, instanceId: web!.id }),
    others.portForwards.create({ ...wanted, instanceId: next!.id }),
  ]);
  const [holder] = (await platform.portForwards.list()).items;
  expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const [loser] = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  expect(loser).toMatchObject({
    code: "external_port_taken",
    message: expect.stringContaining(`held by port forward ${holder!.id} of project ai-lab`),
  });
});

test("`run.ts` starts all of it, and says how to reach it; Ctrl-C ends it", async () => {
  const launched = launch([process.execPath, "--import", "tsx", "examples/custom-platform/run.ts"], {
    cwd: root,
    env: freshEnvironment(freshFolder()),
  });
  onCleanUp(() => void launched.process.kill("SIGKILL"));
  let stdout = "";
  launched.process.stdout!.on("data", (text: string) => {
    stdout += text;
  });
  const [, endpoint, token] = await eventually(
    () => /^export FAIRLEAD_ENDPOINT=(\S+) FAIRLEAD_TOKEN=(\S+)\n/.exec(stdout) ?? undefined,
    30_000,
  );
  const headers = { authorization: `Bearer ${token}` };
  const images = await fetch(`${endpoint}/v1/images`, { headers });
  expect(await images.json()).toMatchObject({ items: [{ name: "echo" }, { name: "http-hello" }] });
  launched.process.kill("SIGINT");
  expect((await launched.exit).code).toBe(0);
});

test("a reply that was lost makes nothing twice: the key is found in the memo", async () => {
  const { url, keys, platform } = await started();
  const options = { idempotencyKey: "plan-1/project" };
  const { id } = await platform.projects.create({ name: "ai-lab" }, options);
  // Another process: it has nothing but what the API tells.
  const again = companyPlatform(url, keys.staff);
  expect((await again.projects.create({ name: "ai-lab" }, options)).id).toBe(id);
  expect((await again.projects.list()).items).toHaveLength(1);
});

test("what people have made in the company's console is shown, with their memo, and kept until it is changed", async () => {
  const { url, keys, platform } = await started();
  const headers = { "x-key": keys.staff };
  const body = JSON.stringify({ title: "by hand", memo: "ask Kim before you touch this" });
  await fetch(`${url}/tenants`, { method: "POST", headers, body });
  const [byHand] = await eventually(async () => {
    const { items } = await platform.projects.list({ name: "by hand" });
    return items.length > 0 && items;
  });
  expect(byHand).toMatchObject({ description: "ask Kim before you touch this", labels: {}, revision: 1 });
  const changed = await platform.projects.update(byHand!.id, { labels: { team: "ai" } });
  expect(changed).toEqual({ ...byHand, labels: { team: "ai" }, revision: 2 });
});

test("a wrong key, and an API that is not there", async () => {
  const { url } = await started();
  await expect(companyPlatform(url, "guess").projects.list()).rejects.toMatchObject({
    code: "unauthenticated",
  });
  const nowhere = companyPlatform("http://127.0.0.1:9", "key").projects.list();
  await expect(nowhere).rejects.toBeInstanceOf(PlatformError);
  await expect(nowhere).rejects.toMatchObject({ code: "unreachable" });
});
