import { readableName } from "../../constructs/name";
import { forwardKey, type Instance, type PortForward, type Project } from "../../contract";
import type { FoundInstance, FoundProject } from "./found";
import { call, callWith, map, type Option, text } from "./literal";
import { camelCase, forwardIds, instanceId, Names, portsId } from "./names";
import { stoppedBy } from "./open-forwards";
import { portCode } from "./ports";
import type { Sources } from "./sources";

const indent = "    ";

/** Writes what is in the constructor of one project's stack. */
export class StackCode {
  /** What is imported from the package, next to what every such file needs. */
  readonly imports = new Set<string>();
  private readonly ids = new Names(["Project", "Fairlead", "FairleadProvider", "Default", "Import"]);
  private readonly variables: Names;

  constructor(
    private readonly found: FoundProject,
    private readonly sources: Sources,
    around: Names,
    /** Whether instances and the project are Terraform's from now on, and not only shown to it. */
    private readonly adoptsInstances: boolean,
  ) {
    this.variables = new Names(["project"], around);
  }

  /** The statements, in paragraphs. */
  statements(): string {
    const { project, instances } = this.found;
    const paragraphs = instances.map((one) => this.instance(one));
    return [this.project(project), ...paragraphs].join("\n\n");
  }

  private project(project: Project): string {
    const { id, name, description, labels, instanceQuota, portForwardQuota } = project;
    this.imports.add("Project");
    if (!this.adopts(project)) {
      return callWith(`const project = Project.fromLookup(this, "Project"`, [["name", text(name)]], indent);
    }
    const options: Option[] = [
      ["name", text(name)],
      ["description", given(description)],
      ["labels", mapOf(labels)],
      ["instanceQuota", instanceQuota === null ? undefined : String(instanceQuota)],
      ["portForwardQuota", portForwardQuota === null ? undefined : String(portForwardQuota)],
      ["importFrom", text(/[/]/.test(name) ? id : name)],
    ];
    return callWith(`const project = new Project(this, "Project"`, options, indent);
  }

  private instance({ instance, forwards }: FoundInstance): string {
    const id = this.ids.take(instanceId(instance));
    const variable = this.variables.take(camelCase(id), `${camelCase(id)}Vm`);
    const made = this.adopts(instance) ? this.adopted(instance, id) : this.existing(instance, id);
    const statement = callWith(
      `${forwards.length > 0 ? `const ${variable} = ` : ""}${made.head}`,
      made.options,
      indent,
    );
    const ids = new Names(["Default", "Import"]);
    return [statement, ...forwards.map((forward) => this.forward(forward, variable, ids))].join("\n");
  }

  private existing({ id: instanceId, name }: Instance, id: string): { head: string; options: Option[] } {
    this.imports.add("Instance");
    // A name that several instances have names none of them.
    return this.found.repeated.has(name)
      ? {
          head: `Instance.fromInstanceId(this, "${id}", ${text(instanceId)}`,
          options: [["project", "project"]],
        }
      : {
          head: `Instance.fromLookup(this, "${id}"`,
          options: [
            ["project", "project"],
            ["name", text(name)],
          ],
        };
  }

  private adopted(instance: Instance, id: string): { head: string; options: Option[] } {
    const { name, image, flavor, description, labels, sshKeys, deletionProtection } = instance;
    const { project, repeated } = this.found;
    const parts = [project.name, name];
    const isKey = !repeated.has(name) && !parts.some((part) => part.includes("/"));
    return {
      head: `project.addInstance("${id}"`,
      options: [
        ["name", readableName(id) === name ? undefined : text(name)],
        ["image", text(image)],
        ["flavor", text(flavor)],
        ["description", given(description)],
        ["labels", mapOf(labels)],
        ["sshKeys", sshKeys.length > 0 ? `[${sshKeys.map(text).join(", ")}]` : undefined],
        ["deletionProtection", deletionProtection ? "true" : undefined],
        ["importFrom", text(isKey ? parts.join("/") : instance.id)],
      ],
    };
  }

  private forward(forward: PortForward, instance: string, ids: Names): string {
    const { description, labels, proxyProtocol, expiresAt, enabled, deletionProtection } = forward;
    const port = portCode(forward);
    this.imports.add("Port");
    const id = ids.take(...forwardIds(forward));
    const options: Option[] = [
      ["id", id === portsId(forward) ? undefined : text(id)],
      ["description", given(description)],
      ["labels", mapOf(labels)],
      ["allowedCidrs", this.sources.codeOf(forward, `${indent}  `)],
      ["proxyProtocol", proxyProtocol ? "true" : undefined],
      ["expiresAt", expiresAt === null ? undefined : text(expiresAt)],
      ["enabled", enabled ? undefined : "false"],
      ["deletionProtection", deletionProtection ? "true" : undefined],
      ["importFrom", text(forwardKey(forward))],
    ];
    const rules = stoppedBy(forward);
    if (rules.length === 0) return callWith(`${instance}.forward(${port}`, options, indent);
    this.imports.add("ExposurePolicy");
    const variable = this.variables.take(`${instance}${id}`);
    return [
      callWith(`const ${variable} = ${instance}.forward(${port}`, options, indent),
      ...rules.map((rule) => call("ExposurePolicy.suppress", [variable, text(rule), "asFound"], indent)),
    ].join("\n");
  }

  /** What another stack has made stays that stack's. */
  private adopts({ ownershipId }: Project | Instance): boolean {
    return this.adoptsInstances && ownershipId === null;
  }
}

const given = (description: string): string | undefined =>
  description === "" ? undefined : text(description);

const mapOf = (labels: Readonly<Record<string, string>>): string | undefined =>
  Object.keys(labels).length === 0 ? undefined : map(labels);
