import type { CapabilityName, ErrorCode, Platform, PlatformError } from "../../lib/contract";

/** A platform under test: a fresh one for each call of `start`. */
export interface Subject {
  readonly name: string;
  start(): Promise<{ platform: Platform; stop(): Promise<void> }>;
}

/** The error that a call rejects with; fails when it does not reject, or with another code. */
export async function rejection(call: Promise<unknown>, code: ErrorCode): Promise<PlatformError> {
  const error = await call.then(
    (value) => {
      throw new Error(`resolved with ${JSON.stringify(value)} instead of rejecting with ${code}`);
    },
    (reason: PlatformError) => reason,
  );
  expect({ name: error.name, code: error.code, message: error.message }).toMatchObject({
    name: "PlatformError",
    code,
  });
  return error;
}

/**
 * A test of what a platform may lack. One that lacks it refuses what asks for it, which `capabilityBehaviour` tests.
 */
export function testWhere(
  capability: CapabilityName,
  platform: () => Platform,
  title: string,
  body: () => Promise<void>,
): void {
  test(title, async () => {
    const { capabilities } = await platform().info();
    if (capabilities[capability]) await body();
  });
}

/** A project with an instance in it, and what a TCP forward to the instance begins with. */
export async function projectWithInstance(platform: Platform, name = "ai-lab", image = "http-hello") {
  const project = await platform.projects.create({ name });
  const instance = await platform.instances.create({
    projectId: project.id,
    name: "web",
    image,
    flavor: "small",
  });
  const target = { projectId: project.id, instanceId: instance.id, protocol: "tcp" as const };
  return { project, instance, target };
}

/** External ports at the end of the platform's range, where none is assigned before long. */
export async function lastPorts(platform: Platform, count: number): Promise<number> {
  const { externalPorts } = await platform.info();
  return externalPorts.to - count + 1;
}
