import { rejection } from "../../lib/testing/conformance/rejection";
import { cleanUp, onCleanUp } from "../support/clean-up";
import { startTestPlatform } from "../support/embedded";
import { projectWithInstance } from "../support/project";

afterEach(cleanUp);

// Stricter than what is asked of every platform: one that keeps its marks in objects forgets with them.
test("a key is refused after what it made was deleted", async () => {
  const running = await startTestPlatform();
  onCleanUp(running.stop);
  const { target } = await projectWithInstance(running.platform);
  const { portForwards } = running.platform;
  const input = { ...target, internalPort: 8080 };
  const options = { idempotencyKey: "plan-1/forward" };
  const { id } = await portForwards.create(input, options);
  await portForwards.delete(id);
  const error = await rejection(portForwards.create(input, options), "idempotency_key_reused");
  expect(error.message).toContain(`made ${id}; that is gone`);
});
