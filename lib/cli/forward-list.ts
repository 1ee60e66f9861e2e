import { connect, resolveSettings } from "../connect";
import { type Instance, listAll, type Platform, type PortForward } from "../contract";
import { UsageError } from "./failure";
import { formatTable } from "./table";

/** The flags of `fairlead forward list`. */
export interface ForwardListOptions {
  readonly project?: string;
  readonly json?: boolean;
}

/** Prints what the platform's console shows: each instance with its forwards. */
export async function forwardList(options: ForwardListOptions): Promise<void> {
  const platform = connect(resolveSettings());
  const projects = await chosenProjects(platform, options.project);
  const query = options.project === undefined ? {} : { projectId: projects[0]!.id };
  const forwards = await listAll(platform.portForwards, query);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(forwards, null, 2)}\n`);
    return;
  }
  const instances = await listAll(platform.instances, query);
  const rows = projects.flatMap(({ id, name }) => {
    const own = forwards.filter((forward) => forward.projectId === id);
    const ofInstances = instances
      .filter((instance) => instance.projectId === id)
      .flatMap((instance) =>
        rowsOf(
          name,
          instance,
          own.filter((forward) => forward.instanceId === instance.id),
        ),
      );
    const detached = own.filter((forward) => forward.instanceId === null);
    return [...ofInstances, ...detached.map((forward) => rowOf(name, "(none)", forward))];
  });
  if (rows.length === 0) process.stdout.write("There are no instances and no forwards.\n");
  else
    process.stdout.write(
      formatTable(["PROJECT", "INSTANCE", "EXTERNAL", "INTERNAL", "DESCRIPTION", "STATUS", "ID"], rows),
    );
}

async function chosenProjects(platform: Platform, wanted: string | undefined) {
  const projects = await listAll(platform.projects);
  if (wanted === undefined) return projects;
  const project = projects.find(({ id, name }) => id === wanted || name === wanted);
  if (project) return [project];
  const names = projects.slice(0, 10).map(({ name }) => name);
  throw new UsageError(
    `There is no project ${JSON.stringify(wanted)}; the platform has ${names.join(", ") || "none"}.`,
  );
}

function rowsOf(project: string, instance: Instance, forwards: readonly PortForward[]): string[][] {
  if (forwards.length > 0) return forwards.map((forward) => rowOf(project, instance.name, forward));
  return [[project, instance.name, "-", instance.privateIp, "", instance.status, instance.id]];
}

function rowOf(project: string, instance: string, forward: PortForward): string[] {
  const { socketAddress, protocol, internalIp, internalPort, description, status } = forward;
  return [
    project,
    instance,
    `${socketAddress}/${protocol}`,
    `${internalIp ?? "-"}:${internalPort}`,
    description,
    status,
    forward.id,
  ];
}
