import { IdempotencyKeys } from "../../lib/provider/idempotency-key";
import type { Session } from "../../lib/provider/session";
import { PrivateState } from "../../lib/tfplugin";
import { cleanUp, freshFolder, onCleanUp } from "../support/clean-up";

afterEach(cleanUp);

/** The keys of two objects that are alike, made by an apply of its own, in a folder of its own unless it is given. */
function apply(planId: string, folder = freshFolder()): string[] {
  const before = process.cwd();
  onCleanUp(() => process.chdir(before));
  process.chdir(folder);
  const keys = new IdempotencyKeys();
  const session = { options: { planId } } as Session;
  return [1, 2].map(() => keys.take(session, "fairlead_project", { name: "lab" }, new PrivateState()));
}

const time = "2026-11-28T19:00:00Z default";

test("a time stands for a plan in its folder alone: another one may be made elsewhere in the same second", () => {
  const folder = freshFolder();
  expect(apply(time, folder)).toEqual(apply(time, folder));
  expect(apply(time)).not.toEqual(apply(time, folder));
});

test("an id of its own stands for a plan wherever it is applied", () => {
  expect(apply("1234-1")).toEqual(apply("1234-1"));
  expect(apply("1234-1")).not.toEqual(apply("1234-2"));
});

test("objects that are alike have keys of their own", () => {
  for (const planId of [time, "1234-1"]) expect(new Set(apply(planId)).size).toBe(2);
});
