import { rejection } from "../../lib/testing/conformance/rejection";
import { cleanUp } from "../support/clean-up";
import { successivePlatforms } from "../support/embedded";
import { projectWithInstance } from "../support/project";

afterEach(cleanUp);

test("of much that is left in a project, the first ten and the number are told", async () => {
  const { platform } = await successivePlatforms()();
  const { target } = await projectWithInstance(platform);
  for (let i = 0; i < 12; i++) await platform.portForwards.create({ ...target, internalPort: 9000 + i });
  const error = await rejection(platform.projects.delete(target.projectId), "project_not_empty");
  expect(error.details).toMatchObject({ count: 13 });
  expect(error.details!.left).toHaveLength(10);
  expect(error.message).toMatch(/port forward \S+:\d+\/tcp \(\S+\) and 3 more\.$/);
});
