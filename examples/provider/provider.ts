/**
 * A complete Terraform provider of one resource type, a stand-in for hashicorp/null: an object that takes part in the
 * life cycle and does nothing. It is bound to what changes by `triggers`.
 */
import { randomInt } from "node:crypto";
import { attribute, defineProvider, defineResource } from "../../lib/tfplugin";

const nullResource = defineResource({
  description: "An object that exists in the state only, and is replaced when its triggers change.",
  attributes: {
    id: attribute.string({
      computed: true,
      stable: true,
      description: "A random number, new with each object.",
    }),
    triggers: attribute.map(attribute.string(), {
      optional: true,
      replace: true,
      description: "Any values that, when changed, replace the object.",
    }),
  },
  // Types follow from the attributes: `plan.triggers` is a map of strings or null, and `id` has to be a string.
  create: ({ plan }) => ({ id: String(randomInt(2 ** 47)), triggers: plan.triggers }),
});

/** What `serve` serves. */
export const provider = defineProvider({
  name: "null",
  version: "3.2.4",
  attributes: {},
  configure: () => undefined,
  resources: { null_resource: nullResource },
});
