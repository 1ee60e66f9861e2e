import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LocalBackend, S3Backend, TerraformOutput, TerraformStack, Testing } from "cdktf";
import { Port, Project } from "../../lib";
import "../../lib/testing/jest";

function lab(id = "dev"): TerraformStack {
  const stack = new TerraformStack(Testing.app(), id);
  const web = new Project(stack, "Project", { name: "ai-lab" }).addInstance("Web", {
    ...{ image: "http-hello", flavor: "small" },
  });
  const page = web.forward(Port.tcp(8080), { description: "web service" });
  new TerraformOutput(stack, "page", { value: page.socketAddress });
  return stack;
}

test("a stack is what it makes, without hashes, versions, places and plan ids", () => {
  expect(lab()).toMatchInlineSnapshot(`
    {
      "output": {
        "page": {
          "value": "\${fairlead_port_forward.Project_Web_Tcp8080.socket_address}",
        },
      },
      "provider": {
        "fairlead": [
          {
            "ownership_id": "dev",
          },
        ],
      },
      "resource": {
        "fairlead_instance": {
          "Project_Web": {
            "flavor": "small",
            "image": "http-hello",
            "lifecycle": {
              "create_before_destroy": true,
            },
            "name": "web",
            "project_id": "\${fairlead_project.Project.id}",
          },
        },
        "fairlead_port_forward": {
          "Project_Web_Tcp8080": {
            "description": "web service",
            "instance_id": "\${fairlead_instance.Project_Web.id}",
            "internal_port": 8080,
            "project_id": "\${fairlead_project.Project.id}",
            "protocol": "tcp",
          },
        },
        "fairlead_project": {
          "Project": {
            "name": "ai-lab",
          },
        },
      },
    }
  `);
});

test("the text of a synthesis looks the same, in full as well", () => {
  const stack = lab();
  new LocalBackend(stack, { path: join(process.cwd(), "terraform.tfstate") });
  const written = readFileSync(join(Testing.fullSynth(stack), "stacks/dev/cdk.tf.json"), "utf8");
  expect(written).toContain(process.cwd());
  const shown = format(lab());
  expect(format(Testing.synth(lab()))).toBe(shown);
  // In full there are also a backend and, at each resource, the path of its construct.
  expect(format(written)).toBe(shown);
});

test("a backend that is shared stays, and names that only their hashes tell apart do", () => {
  const stack = lab();
  new S3Backend(stack, { bucket: "states", key: "lab", region: "eu-west-1" });
  const project = new Project(stack, "Project_Web", { name: "other" });
  project.addInstance("A", { image: "echo", flavor: "small" });
  const text = format(stack);
  expect(text).toContain('"bucket": "states"');
  expect(text).toContain('"Project_Web"');
  expect(text).toMatch(/"Project_Web_A"/);
});

test("other text is left alone", () => {
  for (const text of ["{", '{"a": 1}', "[1]", "plain"]) expect(format(text)).toBe(`"${text}"`);
  expect(format({ a: 1 })).toBe('{\n  "a": 1,\n}');
});

/** What the runner would write into a snapshot. */
function format(value: unknown): string {
  const { snapshotSerializer } = require("../../lib/testing") as typeof import("../../lib/testing");
  const { format: pretty } = require("pretty-format") as typeof import("pretty-format");
  return pretty(value, {
    plugins: [snapshotSerializer as never],
    printBasicPrototype: false,
    escapeString: false,
  });
}
