import type { ReportSource } from "../../lib/report";

/** A synthesized forward, as cdktf writes it. */
export const forward = (more: object = {}, about: object = {}) => ({
  "//": { constructPath: "lab/Web/Ssh", ...about },
  project_id: `\${fairlead_project.lab.id}`,
  instance_id: `\${fairlead_instance.web.id}`,
  protocol: "tcp",
  internal_port: 22,
  ...more,
});

/** A synthesized stack with these forwards to one instance of one project. */
export const stackOf = (forwards: Readonly<Record<string, object>>, more: object = {}) => ({
  "//": { metadata: { stackName: "dev" } },
  resource: {
    fairlead_project: { lab: { name: "ai-lab" } },
    fairlead_instance: { web: { name: "web", project_id: `\${fairlead_project.lab.id}` } },
    fairlead_port_forward: forwards,
    ...more,
  },
});

/** Something to read. */
export const source = (content: unknown, more: Partial<ReportSource> = {}): ReportSource => ({
  from: "x.json",
  text: typeof content === "string" ? content : JSON.stringify(content),
  name: "x",
  synthesized: undefined,
  ...more,
});

/** So many forwards, three to an instance. */
export function many(count: number): object {
  const forwards: Record<string, object> = {};
  const instances: Record<string, object> = {};
  for (let at = 0; at < count; at++) {
    const instance = `i${Math.floor(at / 3)}`;
    instances[instance] = { name: instance, project_id: `\${fairlead_project.lab.id}` };
    forwards[`f${at}`] = forward({
      instance_id: `\${fairlead_instance.${instance}.id}`,
      internal_port: 8000 + (at % 3),
      external_ip: "203.0.113.5",
      external_port: 20_000 + at,
      description: "a forward that somebody described in a few words, as people do",
    });
  }
  return stackOf(forwards, { fairlead_instance: instances });
}
