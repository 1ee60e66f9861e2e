/**
 * The provider's schema in the format of `terraform providers schema -json`, written by hand until the
 * provider itself gives it.
 */
const text = { type: "string" } as const;
const required = { ...text, required: true } as const;
const computed = { ...text, computed: true } as const;
const optional = { ...text, optional: true, computed: true } as const;
const labels = { type: ["map", "string"], optional: true, computed: true } as const;

const resource = (attributes: object) => ({ version: 0, block: { attributes } });

export const handWrittenSchema = {
  format_version: "1.0",
  provider_schemas: {
    "fairlead.internal/fairlead/fairlead": {
      provider: resource({
        endpoint: { ...text, optional: true },
        token: { ...text, optional: true, sensitive: true },
      }),
      resource_schemas: {
        fairlead_project: resource({
          id: computed,
          name: required,
          description: optional,
          labels,
          external_ips: { type: ["list", "string"], computed: true },
          private_cidr: computed,
          created_at: computed,
        }),
        fairlead_instance: resource({
          id: computed,
          project_id: required,
          name: required,
          description: optional,
          labels,
          image: required,
          flavor: required,
          private_ip: computed,
          status: computed,
          created_at: computed,
        }),
        fairlead_port_forward: resource({
          id: computed,
          project_id: required,
          instance_id: required,
          protocol: required,
          internal_port: { type: "number", required: true },
          external_port: { type: "number", optional: true, computed: true },
          external_ip: computed,
          internal_ip: computed,
          description: optional,
          labels,
          allowed_cidrs: { type: ["set", "string"], optional: true, computed: true },
          socket_address: computed,
          status: computed,
          created_at: computed,
        }),
      },
    },
  },
};
