import { TerraformStack, Testing } from "cdktf";
import { Port, Project } from "../../lib";

/** What the synthesized stack says about the constructs of its forwards. */
function metadataOf(forwards: number): Record<string, unknown>[] {
  const stack = new TerraformStack(Testing.app(), "dev");
  const project = new Project(stack, "Project", { name: "ai-lab" });
  const web = project.addInstance("Web", { image: "echo", flavor: "small" });
  for (let port = 1; port <= forwards; port++) web.forward(Port.tcp(port));
  const { resource } = stack.toTerraform() as {
    resource: { fairlead_port_forward: Record<string, { "//": Record<string, unknown> }> };
  };
  return Object.values(resource.fairlead_port_forward).map((forward) => forward["//"]);
}

test("a stack of up to 100 resources tells cdktf the paths of its constructs, to show them beside addresses", () => {
  const [first, ...others] = metadataOf(98);
  expect(first).toEqual({
    constructPath: "dev/Project/Web/Tcp1",
    metadata: { path: "dev/Project/Web/Tcp1", uniqueId: expect.stringMatching(/^Project_Web_Tcp1_\w{8}$/) },
  });
  expect(others.every((metadata) => "metadata" in metadata)).toBe(true);
});

test("a larger one does not, because cdktf would compare every line with every path", () => {
  const [first, ...others] = metadataOf(99);
  expect(first).toEqual({ constructPath: "dev/Project/Web/Tcp1" });
  expect(others.some((metadata) => "metadata" in metadata)).toBe(false);
});
