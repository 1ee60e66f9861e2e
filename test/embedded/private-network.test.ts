import { rejection } from "../conformance/subject";
import { startTestPlatform } from "../support/embedded";

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
