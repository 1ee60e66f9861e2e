import { join } from "node:path";
import { administrator, PlatformError, parseCidr } from "../../lib/contract";
import { openDatabase } from "../../lib/embedded/database";
import { migrate } from "../../lib/embedded/migrations";
import { freeAddress } from "../../lib/embedded/private-network";
import { openStore } from "../../lib/embedded/store";
import { rejection } from "../../lib/testing/conformance/rejection";
import { cleanUp, freshFolder } from "../support/clean-up";
import { startTestPlatform } from "../support/embedded";

afterEach(cleanUp);

test("a platform whose private networks all belong to projects makes another one when a project has gone", async () => {
  const { platform, stop } = await startTestPlatform({ privateCidr: "127.99.98.0/23" });
  try {
    const first = await platform.projects.create({ name: "first" });
    const second = await platform.projects.create({ name: "second" });
    expect([first.privateCidr, second.privateCidr].sort()).toEqual(["127.99.98.0/24", "127.99.99.0/24"]);
    const error = await rejection(platform.projects.create({ name: "third" }), "private_addresses_exhausted");
    expect(error.message).toBe("Every private network of 127.99.98.0/23 belongs to a project.");
    await platform.projects.delete(first.id);
    const third = await platform.projects.create({ name: "third" });
    expect(third.privateCidr).toBe(first.privateCidr);
  } finally {
    await stop();
  }
});

test("each instance has an address of its own, until there is none left; a released one comes last", () => {
  const database = openDatabase(join(freshFolder(), "platform.db"));
  migrate(database);
  const store = openStore(database);
  const common = { description: "", labels: {}, ownershipId: null, revision: 1, createdAt: "" };
  const project = { id: "p", privateCidr: "127.99.8.0/24" };
  store.projects.insert(
    { ...common, ...project, name: "p", instanceQuota: null, portForwardQuota: null },
    administrator,
  );
  const add = (id: string): string => {
    const privateIp = freeAddress(store, project);
    store.instances.insert(
      {
        ...{ ...common, id, projectId: "p", name: id, image: "i", flavor: "f", privateIp },
        ...{ sshKeys: [], userData: null, deletionProtection: false },
      },
      administrator,
    );
    return privateIp;
  };
  const addresses = database.transaction(() => Array.from({ length: 252 }, (_, i) => add(`i${i}`)));
  store.instances.delete("i0", administrator);
  expect(add("last")).not.toBe(addresses[0]);
  expect(add("again")).toBe(addresses[0]);
  expect(new Set(addresses).size).toBe(252);
  expect(addresses.every((address) => parseCidr(`${address}/24`) && address.startsWith("127.99.8."))).toBe(
    true,
  );
  expect(() => add("more")).toThrow(PlatformError);
  expect(() => add("more")).toThrow("Every address of the project's network 127.99.8.0/24");
  database.close();
});
