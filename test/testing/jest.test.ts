import { TerraformStack, Testing } from "cdktf";
import { Project } from "../../lib";
import { answerLookups } from "../../lib/testing";
import "../../lib/testing/jest";

const found = () => {
  const stack = new TerraformStack(Testing.app(), "dev");
  return Project.fromLookup(stack, "Lab", { name: "ai-lab" }).projectId;
};
const answer = (id: string) => answerLookups({ projects: [{ id, name: "ai-lab" }] });

describe("what lookups are answered with in a test ends with it", () => {
  test("a test answers", () => {
    answer("prj-1");
    expect(found()).toBe("prj-1");
  });

  test("the next one does not, and no platform is asked", () => {
    process.env.FAIRLEAD_ENDPOINT = "http://127.0.0.1:1";
    process.env.FAIRLEAD_TOKEN = "token";
    expect(found).toThrow(/Unit tests do not ask the platform\.|CI is set, so the platform is not asked\./);
  });
});

describe("what a group is answered with holds for each of its tests", () => {
  beforeAll(() => answer("prj-2"));

  test("one of which has other answers", () => {
    expect(found()).toBe("prj-2");
    answer("prj-3");
    expect(found()).toBe("prj-3");
  });

  test("which are its own", () => expect(found()).toBe("prj-2"));
});
