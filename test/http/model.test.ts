import { soakModel } from "../soak/model";
import { cleanUp } from "../support/clean-up";

jest.setTimeout(300_000);
afterEach(cleanUp);

test("1,000 random operations of 20 clients: the platform agrees with the model, and the gateway with the platform", async () => {
  const report = await soakModel({ operations: 1_000, seed: Date.now() % 2 ** 31 });
  expect(report).toEqual({ operations: 1_000, comparisons: 2 });
});
