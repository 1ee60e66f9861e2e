import { listAll } from "../../lib/contract";
import { cleanUp } from "../support/clean-up";
import { projectWithInstance } from "../support/project";
import { servedPlatform } from "../support/served";

afterEach(cleanUp);

test("1,000 forwards that 50 clients make at once get different ports, without a conflict", async () => {
  const { client, platform } = await servedPlatform();
  const { target } = await projectWithInstance(platform);
  const made = await Promise.all(
    Array.from({ length: 50 }, async (_, i) => {
      const { portForwards } = client();
      return Promise.all(
        Array.from({ length: 20 }, (_, j) => {
          const internalPort = 10_000 + (i * 20 + j) * 4;
          // Some of them are ranges, some UDP.
          const portCount = j % 5 === 0 ? 4 : 1;
          const protocol = j % 4 === 3 ? ("udp" as const) : ("tcp" as const);
          const options = { idempotencyKey: `${i}/${j}` };
          return portForwards.create({ ...target, protocol, internalPort, portCount }, options);
        }),
      );
    }),
  );
  const forwards = made.flat();
  const ports = forwards.flatMap(({ externalIp, protocol, externalPort, portCount }) =>
    Array.from({ length: portCount }, (_, i) => `${externalIp}:${externalPort + i}/${protocol}`),
  );
  expect(forwards).toHaveLength(1_000);
  expect(new Set(ports).size).toBe(1_600);
  expect(new Set(ports).size).toBe(ports.length);
  expect(forwards.every(({ status, revision }) => status === "active" && revision === 1)).toBe(true);
  expect((await listAll(client().portForwards)).map(({ id }) => id).sort()).toEqual(
    forwards.map(({ id }) => id).sort(),
  );
}, 120_000);
