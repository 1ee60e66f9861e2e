import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stackFolder } from "../../lib/cli/stack/folder";
import { endpointOf, ownershipMarks } from "../../lib/cli/stack/ownership";
import { type ProviderBlock, providerBlocks } from "../../lib/cli/stack/provider-block";
import { cleanUp, freshFolder } from "../support/clean-up";

// What is found out about a stack from its folder, without Terraform.

afterEach(cleanUp);

/** A folder with these files in it. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = freshFolder();
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

describe("which folder is meant", () => {
  test("one with a configuration is that itself, in either syntax", () => {
    for (const file of ["main.tf", "cdk.tf.json"]) {
      const folder = folderOf({ [file]: "{}", "cdktf.out/stacks/dev/cdk.tf.json": "{}" });
      expect(stackFolder(folder)).toBe(folder);
    }
  });

  test.each([
    ["cdktf.json", "{}", "cdktf.out"],
    ["cdktf.json", '{ "output": "build/out" }', "build/out"],
    ["cdktf.json", "broken", "cdktf.out"],
  ])("of a cdktf project (%s %s) it is that of its only stack", (file, text, output) => {
    const folder = folderOf({ [file]: text, [`${output}/stacks/dev/cdk.tf.json`]: "{}" });
    expect(stackFolder(folder)).toBe(join(folder, output, "stacks/dev"));
    expect(stackFolder(join(folder, output))).toBe(join(folder, output, "stacks/dev"));
  });

  test("of several stacks one has to be named; the message lists them", () => {
    const folder = folderOf({
      "cdktf.out/stacks/dev/cdk.tf.json": "{}",
      "cdktf.out/stacks/prod/cdk.tf.json": "{}",
    });
    expect(() => stackFolder(folder)).toThrow(
      /holds 2 stacks\. Name one of them:\n.*cdktf\.out\/stacks\/dev\n.*cdktf\.out\/stacks\/prod$/,
    );
  });

  test("a folder without a configuration, and none at all, are said to be so", () => {
    expect(() => stackFolder(folderOf({}))).toThrow(
      /holds no Terraform configuration .* and no synthesized stack/,
    );
    expect(() => stackFolder("/nowhere")).toThrow("/nowhere is no folder");
  });
});

describe("what provider blocks say", () => {
  const blocksOf = (files: Record<string, string>) =>
    providerBlocks(folderOf(files)).map(({ reference, ownershipId, endpoint }) => [
      reference,
      ownershipId,
      endpoint,
    ]);

  test("in what cdktf synthesizes", () => {
    const provider = {
      fairlead: [
        { ownership_id: "ai-lab", token: `\${var.token}` },
        { alias: "south", ownership_id: "ai-lab/south", endpoint: "https://south.example.com" },
        { alias: "open", ownership_id: `\${var.mark}` },
      ],
      other: [{ ownership_id: "theirs" }],
    };
    expect(blocksOf({ "cdk.tf.json": JSON.stringify({ provider }) })).toEqual([
      ["fairlead", "ai-lab", undefined],
      ["fairlead.south", "ai-lab/south", "https://south.example.com"],
      ["fairlead.open", undefined, undefined],
    ]);
  });

  test("an OpenStack cloud is an endpoint, unless its name depends on something else", () => {
    const provider = {
      fairlead: [
        { openstack: [{ cloud: "lab", region: "West" }] },
        { alias: "b", openstack: { cloud: `\${var.cloud}` } },
        { alias: "c", openstack: {} },
      ],
    };
    const hcl = `
      provider "fairlead" {
        openstack {
          cloud            = "lab"
          external_network = "public"
        }
        ownership_id = "x"
      }
      provider "fairlead" {
        alias = "b"
        openstack {
          cloud = var.cloud
        }
      }`;
    expect(blocksOf({ "cdk.tf.json": JSON.stringify({ provider }), "main.tf": hcl })).toEqual([
      ["fairlead", undefined, "openstack:lab/West"],
      ["fairlead.b", undefined, undefined],
      ["fairlead.c", undefined, "openstack:"],
      ["fairlead", "x", "openstack:lab"],
      ["fairlead.b", undefined, undefined],
    ]);
  });

  test("in JSON with one block that is no list, and in none", () => {
    expect(blocksOf({ "a.tf.json": '{ "provider": { "fairlead": { "ownership_id": "x" } } }' })).toEqual([
      ["fairlead", "x", undefined],
    ]);
    expect(blocksOf({ "a.tf.json": '{ "provider": [{ "fairlead": {} }, { "other": {} }] }' })).toEqual([
      ["fairlead", undefined, undefined],
    ]);
    expect(blocksOf({ "a.tf.json": "{}" })).toEqual([]);
  });

  test("in HCL, where comments, heredocs, nested blocks and other blocks do not count", () => {
    const text = `
      # provider "fairlead" { ownership_id = "comment" }
      /* provider "fairlead" {
           ownership_id = "comment" } */
      locals {
        ownership_id = "local"
        nested = { provider = { ownership_id = "nested" } }
        text = <<-EOT
          provider "fairlead" {
            ownership_id = "heredoc"
          }
        EOT
      }
      provider "other" { ownership_id = "theirs" }
      provider "fairlead" {
        endpoint       = "http://127.0.0.1:7878" // mine
        default_labels = { ownership_id = "label", team = "{" }
        ownership_id   = "ai \\"lab\\""
      }
      provider "fairlead" {
        alias = "south"
        ownership_id = "\${local.ownership_id}/south"
      }
      provider fairlead {
        alias = "east"
        ownership_id = local.ownership_id
      }
    `;
    expect(blocksOf({ "main.tf": text })).toEqual([
      ["fairlead", 'ai "lab"', "http://127.0.0.1:7878"],
      ["fairlead.south", undefined, undefined],
      ["fairlead.east", undefined, undefined],
    ]);
  });

  test("a file that is no JSON is named", () => {
    expect(() => blocksOf({ "cdk.tf.json": "{" })).toThrow(/cdk\.tf\.json is no JSON: /);
  });
});

const block = (values: Partial<ProviderBlock>): ProviderBlock => ({
  reference: "fairlead",
  ownershipId: undefined,
  endpoint: undefined,
  file: "main.tf",
  ...values,
});

describe("which marks a stack has", () => {
  const state = [
    { id: "a", ownershipId: "old", address: "fairlead_project.a", provider: "fairlead" },
    { id: "b", ownershipId: "old", address: "fairlead_project.b", provider: "fairlead" },
    { id: "c", ownershipId: null, address: "fairlead_project.c", provider: "fairlead" },
  ];
  const blocks = [
    block({ ownershipId: "ai-lab" }),
    block({ reference: "fairlead.south", ownershipId: "ai-lab/south" }),
    block({ reference: "fairlead.again", ownershipId: "ai-lab" }),
  ];
  const unread = () => Promise.reject(new Error("the state is not needed"));

  test("those that are given win", async () => {
    expect(await ownershipMarks(["x"], blocks, unread, "dir")).toEqual([
      { mark: "x", provider: "fairlead", source: "--ownership-id" },
    ]);
  });
  test("then those of all provider blocks, each once", async () => {
    expect(await ownershipMarks([], blocks, unread, "dir")).toEqual([
      { mark: "ai-lab", provider: "fairlead", source: "main.tf" },
      { mark: "ai-lab/south", provider: "fairlead.south", source: "main.tf" },
    ]);
  });
  test("then those of the state's resources", async () => {
    expect(await ownershipMarks([], [block({})], async () => state, "dir")).toEqual([
      { mark: "old", provider: "fairlead", source: "the resources in the state" },
    ]);
  });
  test("and else the message says what to pass", async () => {
    await expect(ownershipMarks([], [], async () => [state[2]!], "dir")).rejects.toThrow(
      /No ownership mark is known for dir: .*Pass it with --ownership-id <mark>\./,
    );
  });
});

describe("which platform is asked", () => {
  const here = block({ endpoint: "http://here/" });
  const there = block({ endpoint: "http://there" });

  test("what the environment says, where blocks leave it open or agree", () => {
    expect(endpointOf([], undefined)).toBeUndefined();
    expect(endpointOf([block({})], "http://x")).toBe("http://x");
    expect(endpointOf([here, there], "http://here")).toBe("http://here");
  });
  test("what the blocks say, where the environment says nothing", () => {
    expect(endpointOf([here, block({ endpoint: "http://here" })], undefined)).toBe("http://here");
  });
  test("a platform that the stack is not on is not asked, and none of several is guessed", () => {
    expect(() => endpointOf([here], "http://there")).toThrow(
      /FAIRLEAD_ENDPOINT is http:\/\/there, but the provider blocks .* name http:\/\/here\. Set FAIRLEAD_ENDPOINT/,
    );
    expect(() => endpointOf([here, there], undefined)).toThrow(/name http:\/\/here and http:\/\/there\. Set/);
  });
});
