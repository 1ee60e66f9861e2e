import {
  listAll,
  naturalKeys,
  type Platform,
  type PortForward,
  parseForwardKey,
  sameAddress,
} from "../../contract";
import { UsageError } from "../failure";

/**
 * The forward that the user names: by its id, or by what clients connect to. One port of a range is enough.
 * @throws UsageError where there is none, or where projects have one each and none is named
 */
export async function namedForward(platform: Platform, named: string): Promise<PortForward> {
  const key = parseForwardKey(named);
  if (!key) {
    if (named.includes(":"))
      throw new UsageError(
        `${JSON.stringify(named)} names no port forward: write ${naturalKeys.portForwards}.`,
      );
    return platform.portForwards.get(named);
  }
  const { externalIp, externalPort, protocol, project } = key;
  const [projects, at] = await Promise.all([
    listAll(platform.projects),
    listAll(platform.portForwards, { externalPort, protocol }),
  ]);
  const names = new Map(projects.map(({ id, name }) => [id, name]));
  const found = at.filter(
    (forward) =>
      sameAddress(forward.externalIp, externalIp) &&
      (project === undefined || [forward.projectId, names.get(forward.projectId)].includes(project)),
  );
  if (found.length === 1) return found[0]!;
  throw new UsageError(
    found.length === 0
      ? `No forward has ${named}, as far as the token may see. \`fairlead forward list\` shows those that there are; \`fairlead audit --port ${externalPort}/${protocol}\` shows who had it.`
      : `${found.length} projects have a forward at ${named}: put the project's name before it, as in ${names.get(found[0]!.projectId)}/${named}.`,
  );
}
