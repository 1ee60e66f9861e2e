import { randomUUID } from "node:crypto";
import type { Platform } from "../../lib/contract";

/** Many resources of one kind: their HCL, and their state without the hour that Terraform would take to make them. */
export interface Many {
  configuration(count: number): string;
  /** Makes all of them but the first, which Terraform has made, and returns what the state says of each. */
  rest(first: Attributes, count: number): Promise<Attributes[]>;
}

/** A resource's attributes in the state. */
export type Attributes = Readonly<Record<string, unknown>>;

const firstPort = 10_000;
const description = (index: number) => `forward ${index}`;
const others = (count: number) => Array.from({ length: count - 1 }, (_, index) => index + 1);

/**
 * A block for each resource, as the constructs write them. One block with a `count` would hide what a provider costs:
 * Terraform's own work is quadratic in the number of a block's instances.
 */
const blocks = (count: number, block: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => block(index)).join("");

/** The configuration of forwards of one instance. */
export const forwardsOfOneInstance = (count: number): string => `
terraform {
  required_providers {
    fairlead = {
      source = "fairlead.internal/fairlead/fairlead"
    }
  }
}
resource "fairlead_project" "p" {
  name = "bench"
}
output "project_id" {
  value = fairlead_project.p.id
}
resource "fairlead_instance" "i" {
  project_id = fairlead_project.p.id
  name       = "echo"
  image      = "echo"
  flavor     = "small"
}
${blocks(
  count,
  (index) => `
resource "fairlead_port_forward" "f${index}" {
  project_id    = fairlead_project.p.id
  instance_id   = fairlead_instance.i.id
  protocol      = "tcp"
  internal_port = ${firstPort + index}
  description   = "${description(index)}"
  allowed_cidrs = ["127.0.0.0/8"]
}`,
)}
`;

/** Forwards of one instance. */
export const manyForwards = (platform: Platform): Many => ({
  configuration: forwardsOfOneInstance,
  rest: async (first, count) => {
    const made: Attributes[] = [];
    for (const index of others(count)) {
      const forward: Attributes = await platform.portForwards.create({
        projectId: String(first.project_id),
        instanceId: String(first.instance_id),
        protocol: "tcp",
        internalPort: firstPort + index,
        description: description(index),
        allowedCidrs: ["127.0.0.0/8"],
      });
      const named = Object.keys(first).map((name) => {
        const field = name.replace(/_[a-z]/g, ([, letter]) => letter!.toUpperCase());
        return [name, field in forward ? forward[field] : first[name]];
      });
      made.push(Object.fromEntries(named));
    }
    return made;
  },
});

/**
 * As many of Terraform's own resources, with the same values and references, and with no provider process and no
 * platform behind them. Each reference counts: Terraform looks through all planned changes to resolve it.
 */
export const manyData: Many = {
  configuration: (count) => `
resource "terraform_data" "p" {
  input = "bench"
}
resource "terraform_data" "i" {
  input = terraform_data.p.id
}
${blocks(
  count,
  (index) => `
resource "terraform_data" "f${index}" {
  input = {
    project_id    = terraform_data.p.id
    instance_id   = terraform_data.i.id
    protocol      = "tcp"
    internal_port = ${firstPort + index}
    description   = "${description(index)}"
    allowed_cidrs = ["127.0.0.0/8"]
  }
}`,
)}
`,
  rest: async (first, count) =>
    others(count).map((index) => {
      const { value, type } = first.input as { value: object; type: unknown };
      const changed = {
        value: { ...value, internal_port: firstPort + index, description: description(index) },
        type,
      };
      return { ...first, id: randomUUID(), input: changed, output: changed };
    }),
};
