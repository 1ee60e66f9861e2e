import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { PlatformError } from "../contract";
import type { CloudEntry } from "./credentials";

type Settings = Record<string, unknown>;

/** A file of clouds, and what its first key holds: one entry for each cloud. */
interface CloudsFile {
  readonly path: string;
  readonly clouds: Readonly<Record<string, Settings>>;
}

/**
 * The entry of a cloud in `clouds.yaml`, completed from `secure.yaml` and from the profile that it names in
 * `clouds-public.yaml`; without a name the only entry. The files are looked for where openstacksdk looks.
 * @throws PlatformError `unauthenticated` when there is none
 */
export function cloudsFileEntry(name: string | undefined, environment: NodeJS.ProcessEnv): CloudEntry {
  const main = findFile("clouds", "clouds", environment, environment.OS_CLIENT_CONFIG_FILE);
  if (!main) throw none(name, environment);
  const names = Object.keys(main.clouds);
  const cloud = name ?? (names.length === 1 ? names[0] : undefined);
  if (cloud === undefined || !Object.hasOwn(main.clouds, cloud)) {
    const asked =
      cloud === undefined
        ? "it is not said which of its clouds is meant"
        : `there is no cloud ${JSON.stringify(cloud)}`;
    throw new PlatformError(
      "unauthenticated",
      `In ${main.path}, ${asked}; it has ${names.join(", ") || "none"}. Set OS_CLOUD, or cloud in the openstack block.`,
    );
  }
  const secure = findFile("secure", "clouds", environment, environment.OS_CLIENT_SECURE_FILE);
  const own = merged(main.clouds[cloud]!, secure?.clouds[cloud] ?? {});
  return {
    ...withProfile(own, environment),
    source: `the cloud ${JSON.stringify(cloud)} of ${main.path}`,
  } as CloudEntry;
}

/** A cloud's settings on top of those of the vendor that it names. */
function withProfile(own: Settings, environment: NodeJS.ProcessEnv): Settings {
  const profile = own.profile ?? own.cloud;
  const complete = { auth: {}, ...own };
  if (typeof profile !== "string") return complete;
  const vendors = findFile("clouds-public", "public-clouds", environment, environment.OS_CLIENT_VENDOR_FILE);
  return merged(vendors?.clouds[profile] ?? {}, complete);
}

/** The first file of that name, in the order in which openstacksdk looks for it. */
function findFile(
  name: string,
  key: string,
  { HOME, XDG_CONFIG_HOME }: NodeJS.ProcessEnv,
  explicit: string | undefined,
): CloudsFile | undefined {
  const home = HOME ?? homedir();
  const folders = [
    process.cwd(),
    join(XDG_CONFIG_HOME ?? join(home, ".config"), "openstack"),
    "/etc/openstack",
  ];
  const candidates = folders.flatMap((folder) =>
    ["yaml", "yml", "json"].map((end) => join(folder, `${name}.${end}`)),
  );
  const path = [...(explicit ? [explicit] : []), ...candidates].find((candidate) => existsSync(candidate));
  return path === undefined ? undefined : { path, clouds: read(path, key) };
}

/** @throws PlatformError `unauthenticated`, without what the file holds: passwords are in it */
function read(path: string, key: string): CloudsFile["clouds"] {
  let content: unknown;
  try {
    content = parse(readFileSync(path, "utf8"));
  } catch (error) {
    const { code, linePos } = error as { code?: string; linePos?: readonly { line: number }[] };
    const where = linePos?.[0] ? `, line ${linePos[0].line}` : "";
    throw new PlatformError("unauthenticated", `${path} cannot be read as YAML (${code}${where}).`);
  }
  const clouds = (content as Settings | null)?.[key];
  const isMap = typeof clouds === "object" && clouds !== null && !Array.isArray(clouds);
  return isMap
    ? Object.fromEntries(Object.entries(clouds).map(([cloud, entry]) => [cloud, { ...entry }]))
    : {};
}

/** Settings with others on top, the parts of `auth` one by one. */
function merged(below: Settings, above: Settings): Settings {
  return { ...below, ...above, auth: { ...(below.auth as Settings), ...(above.auth as Settings) } };
}

function none(name: string | undefined, { OS_CLIENT_CONFIG_FILE }: NodeJS.ProcessEnv): PlatformError {
  const asked =
    name === undefined ? "No OpenStack cloud is named" : `The cloud ${JSON.stringify(name)} is asked for`;
  const looked = OS_CLIENT_CONFIG_FILE ? `${OS_CLIENT_CONFIG_FILE}, ` : "";
  return new PlatformError(
    "unauthenticated",
    `${asked}, but there is no clouds.yaml; looked at ${looked}this folder, ~/.config/openstack and /etc/openstack. ` +
      "Put it there, or set OS_AUTH_URL and the other OS_* variables (`openrc` of your cloud has them).",
  );
}
