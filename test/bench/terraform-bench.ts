import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installProvider } from "../../lib/constructs/provider-installation";
import type { Platform } from "../../lib/contract";
import { servePlatform } from "../../lib/http/server";
import { startTestPlatform, temporaryFolder } from "../support/embedded";
import { type Cost, costOf } from "./cost";
import { type Attributes, type Many, manyData, manyForwards } from "./many";
import { type StateBackend, startStateBackend } from "./state-backend";
import { Traffic } from "./traffic";

/** Terraform, a platform, and room for configurations. */
export interface Bench {
  readonly platform: Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly traffic: Traffic;
  /** An initialized configuration of many resources. */
  prepare(many: Many, count: number): Promise<BenchFolder>;
}

/** A folder of Terraform configuration. */
export interface BenchFolder {
  readonly path: string;
  terraform(...args: string[]): Promise<Cost>;
  /** Makes everything, so that a plan has nothing to change. */
  deploy(): Promise<void>;
}

/** Runs a bench, and leaves nothing of it. */
export async function withBench<T>(run: (bench: Bench) => Promise<T>): Promise<T> {
  const folder = temporaryFolder("fairlead-bench-");
  const running = await startTestPlatform();
  const backend = await startStateBackend();
  const traffic = new Traffic();
  const server = await servePlatform(traffic.through(running.platform), {
    host: "127.0.0.1",
    port: 0,
    token: "bench",
    version: "0",
    log: traffic.log,
  });
  const env = {
    ...withoutSettings(folder.path),
    FAIRLEAD_ENDPOINT: server.endpoint,
    FAIRLEAD_TOKEN: "bench",
  };
  let folders = 0;
  const prepare = async (many: Many, count: number): Promise<BenchFolder> => {
    const name = String(folders++);
    const path = join(folder.path, name);
    mkdirSync(path);
    installProvider(path);
    const terraform = (...args: string[]) => costOf(["terraform", ...args], { cwd: path, env });
    const write = (size: number) =>
      writeFileSync(join(path, "main.tf"), backend.configuration(name) + many.configuration(size));
    write(count);
    await terraform("init");
    const deploy = async () => {
      write(1);
      await terraform("apply", "-auto-approve");
      await addRest(backend, name, many, count);
      write(count);
    };
    return { path, terraform, deploy };
  };
  try {
    return await run({
      platform: running.platform,
      env,
      folder: folder.path,
      traffic,
      prepare,
    });
  } finally {
    await server.close();
    await backend.close();
    await running.stop();
    folder.remove();
  }
}

/** The same number of forwards and of `terraform_data`, each in a folder that is initialized. */
export const withManyResources = <T>(
  count: number,
  run: (forwards: BenchFolder, data: BenchFolder, bench: Bench) => Promise<T>,
): Promise<T> =>
  withBench(async (bench) =>
    run(
      await bench.prepare(manyForwards(bench.platform), count),
      await bench.prepare(manyData, count),
      bench,
    ),
  );

interface State {
  resources: { name: string; instances: StateInstance[] }[];
}

interface StateInstance {
  readonly attributes: Record<string, unknown>;
  readonly private?: string;
}

/** The resource `f0` is in the state; `f1` and the others follow. */
async function addRest(backend: StateBackend, name: string, many: Many, count: number): Promise<void> {
  const state = backend.read(name) as State;
  const first = state.resources.find((resource) => resource.name === "f0")!;
  const [instance] = first.instances;
  for (const [index, attributes] of (await many.rest(instance!.attributes, count)).entries()) {
    state.resources.push({
      ...first,
      name: `f${index + 1}`,
      instances: [{ ...instance!, attributes, ...privateOf(instance!, attributes) }],
    });
  }
  backend.write(name, state);
}

/** What a provider keeps of an object beside its attributes names it by its id. */
function privateOf(first: StateInstance, { id }: Attributes): { private?: string } {
  if (first.private === undefined) return {};
  const text = Buffer.from(first.private, "base64").toString();
  return {
    private: Buffer.from(text.replaceAll(String(first.attributes.id), String(id))).toString("base64"),
  };
}

/** The environment of a Terraform without settings; what it needs instead is in the folder. */
export function withoutSettings(folder: string): NodeJS.ProcessEnv {
  const cliConfig = join(folder, "terraformrc");
  writeFileSync(cliConfig, "");
  // It costs every Node process 35 to 70 ms and is no business of ours.
  const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env;
  return { ...inherited, CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: cliConfig };
}
