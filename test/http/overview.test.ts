import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { overview } from "../../lib/contract";
import { cleanUp, onCleanUp } from "../support/clean-up";
import { textLogger } from "../support/log";
import { type ServedPlatform, servedPlatform } from "../support/served";

// What there is on a platform, in one answer.

let requests: string[];
let served: ServedPlatform;
beforeEach(async () => {
  requests = [];
  served = await servedPlatform({
    log: textLogger((line) => requests.push(line.split(" ").slice(0, 3).join(" "))),
  });
});
afterEach(cleanUp);

async function fill() {
  const project = await served.platform.projects.create({
    name: "ai-lab",
    instanceQuota: 3,
    ownershipId: "dev",
  });
  const instance = await served.platform.instances.create({
    ...{ projectId: project.id, name: "web", image: "http-hello", flavor: "small" },
  });
  const forward = await served.platform.portForwards.create({
    ...{ projectId: project.id, instanceId: instance.id, protocol: "tcp", internalPort: 8080 },
  });
  return { project, instance, forward };
}

test("one request tells what there is, and no more of each thing than it takes", async () => {
  const { project, instance, forward } = await fill();
  const found = await overview(served.client());
  expect(requests.filter((line) => line.includes("/v1/"))).toEqual(["GET /v1/overview 200"]);
  expect(found).toEqual({
    info: await served.platform.info(),
    projects: [
      {
        ...{ id: project.id, name: "ai-lab", externalIps: project.externalIps },
        ...{ instanceQuota: 3, portForwardQuota: null, ownershipId: "dev" },
      },
    ],
    instances: [{ id: instance.id, projectId: project.id, name: "web", ownershipId: null }],
    portForwards: [
      {
        ...{ id: forward.id, projectId: project.id, instanceId: instance.id, ownershipId: null },
        ...{ protocol: "tcp", internalPort: 8080, portCount: 1 },
        ...{ externalIp: forward.externalIp, externalPort: forward.externalPort },
      },
    ],
    images: (await served.platform.images.list()).items.map(({ name }) => name),
    flavors: (await served.platform.flavors.list()).items.map(({ name }) => name),
  });
});

test("a platform that has no such answer is asked for its lists", async () => {
  await fill();
  const older = createServer(async (request, response) => {
    const there = await served.ask(request.url === "/v1/overview" ? "/v1/nothing" : request.url!);
    response.writeHead(there.status, { "content-type": there.headers.get("content-type")! });
    response.end(await there.text());
  });
  await new Promise<void>((resolve) => older.listen(0, "127.0.0.1", resolve));
  onCleanUp(() => new Promise<void>((resolve) => older.close(() => resolve())));
  const client = served.client(`http://127.0.0.1:${(older.address() as AddressInfo).port}`);
  expect(await overview(client)).toEqual(await overview(served.client()));
});

test("without a token there is none", async () => {
  const answer = await served.ask("/v1/overview", { headers: { authorization: "Bearer wrong" } });
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([401, "unauthenticated"]);
});
