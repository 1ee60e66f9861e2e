import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, resolveSettings } from "../connect";
import type { LookupAnswers } from "../constructs/lookup-answers";
import { listAll, type Platform } from "../contract";
import { type Deployment, Deployments, type DeployOptions } from "./deployment";
import { openPlatforms } from "./open-platforms";
import { configurationOf, type TestPlatformOptions } from "./platform-options";
import { startPlatformProcess } from "./platform-process";
import type { TerraformStack } from "./synthesis";
import type { Changes } from "./terraform-messages";

/** A platform of this machine, for one test file: its forwards carry packets, its instances are processes. */
export interface TestPlatform extends AsyncDisposable {
  /** URL of its API. */
  readonly endpoint: string;
  /** File with its token, as FAIRLEAD_TOKEN_FILE takes it. */
  readonly tokenFile: string;
  /** Its API, for what is there beforehand, and for a look at what was deployed. */
  readonly api: Platform;
  /**
   * Synthesizes a stack with its validations and applies it with the real Terraform, which has to be on the PATH. The
   * provider is that of this package; the state is the test's, whatever backend the stack names, and it is this platform
   * that is used, whatever endpoint it names. A stack of the same id that was deployed before is changed.
   *
   * @param values what the test wants to know afterwards: values of the constructs, by names of its own
   * @throws Error with what Terraform says, at the constructs that it is about
   * @example
   * const platform = await startPlatform();
   * const { outputs } = await platform.deploy(stack, { address: page.socketAddress, port: page.externalPort });
   * expect(outputs.port).toBeGreaterThan(19_999);
   */
  deploy<Values extends object = Readonly<Record<never, never>>>(
    stack: TerraformStack,
    values?: Values,
    options?: DeployOptions,
  ): Promise<Deployment<Values>>;
  /** What a deployment would change. @throws Error with what Terraform says */
  plan(stack: TerraformStack, options?: DeployOptions): Promise<Changes>;
  /** Destroys what was deployed of a stack. @throws Error with what Terraform says */
  destroy(stack: TerraformStack, options?: DeployOptions): Promise<Changes>;
  /**
   * All that is there, for lookups of stacks that are made from now on.
   *
   * @example
   * const platform = await startPlatform();
   * answerLookups(await platform.lookupAnswers());
   */
  lookupAnswers(): Promise<LookupAnswers>;
  /** Ends the platform with all instances, and removes all its files; a second time nothing happens. */
  close(): Promise<void>;
}

/**
 * Starts a platform for tests, in a process and a temporary folder of its own. `fairlead/testing/jest` closes it behind
 * the last test of the file, also when one fails; elsewhere call `close`, or declare it with `await using`. It ends with
 * the process of the test at the latest.
 *
 * @throws Error when it does not start, among others because the package `libsql` is not installed, or for what is wrong
 * in `options`
 * @example
 * let platform: TestPlatform;
 * beforeAll(async () => {
 *   platform = await startPlatform({ images: { "ubuntu-24.04": "http-hello" } });
 * });
 */
export async function startPlatform(options: TestPlatformOptions = {}): Promise<TestPlatform> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "fairlead-testing-")));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const config = join(folder, "platform.json");
    writeFileSync(config, JSON.stringify(configurationOf(options)));
    const { endpoint, tokenFile, stop } = await startPlatformProcess([
      ...["--data", join(folder, "data"), "--config", config],
    ]);
    const token = readFileSync(tokenFile, "utf8").trim();
    const closing = new AbortController();
    const settings = { FAIRLEAD_ENDPOINT: endpoint, FAIRLEAD_TOKEN_FILE: tokenFile };
    const deployments = new Deployments(join(folder, "deployments"), settings, closing.signal);
    const api = connect(resolveSettings({ endpoint, token }));
    let closed: Promise<void> | undefined;
    const close = () => {
      closing.abort();
      closed ??= stop().then(remove);
      openPlatforms().delete(platform);
      return closed;
    };
    const platform: TestPlatform = {
      endpoint,
      tokenFile,
      api,
      deploy: (stack, values = {} as never, more = {}) => deployments.apply(stack, values, more),
      plan: (stack, more = {}) => deployments.plan(stack, more),
      destroy: (stack, more = {}) => deployments.destroy(stack, more),
      lookupAnswers: () => everythingOf(api),
      close,
      [Symbol.asyncDispose]: close,
    };
    openPlatforms().add(platform);
    return platform;
  } catch (error) {
    remove();
    throw error;
  }
}

async function everythingOf({ projects, instances, portForwards, images }: Platform): Promise<LookupAnswers> {
  const [ours, theirs, forwards, all] = await Promise.all([
    listAll(projects),
    listAll(instances),
    listAll(portForwards),
    listAll(images),
  ]);
  return { projects: ours, instances: theirs, portForwards: forwards, images: all };
}
