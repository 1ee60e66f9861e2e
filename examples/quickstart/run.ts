import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { contract } from "fairlead";
import { endAll, killAll } from "./child";
import { connectCloud } from "./cloud";
import { type RunningPlatform, startPlatform } from "./platform";
import { checkPorts, checkTools, MissingRequirement } from "./requirements";
import { bold, say, step, table } from "./terminal";
import { answerOf, isSilent } from "./traffic";
import { Workspace } from "./workspace";

/** The quickstart: main.ts deployed for real, used, changed twice and destroyed. */

const root = resolve(__dirname, "../..");
const program = resolve(__dirname, "main.ts");
let workspace: Workspace | undefined;

async function quickstart(keep: boolean, onCloud: boolean): Promise<void> {
  const began = performance.now();
  checkTools();
  if (!onCloud) await checkPorts(program);
  say(bold("Fairlead quickstart: examples/quickstart/main.ts, deployed for real"));
  workspace = new Workspace(root, program);
  const { folder } = workspace;
  const platform = await step(
    onCloud ? "find the OpenStack cloud" : "start a platform on this machine",
    () => (onCloud ? connectCloud(root) : startPlatform(root, folder)),
    ({ endpoint }) => `platform ready at ${endpoint}`,
  );
  const cdktf = (...args: string[]) => workspace!.cdktf(args, platform.environment);
  const deploy = () => cdktf("deploy", "--auto-approve");

  const first = await step(
    "cdktf deploy",
    async () => {
      await deploy();
      return platform.forwards();
    },
    (forwards) => {
      return `cdktf deploy: a project, two instances, ${forwards.length} forwards`;
    },
  );
  const reach = await platform.reach();
  await showAnswers(platform, reach);
  const said = (forward: contract.PortForward) =>
    reach === "nothing" ? "no packet passes here, so nobody was asked" : answer(forward);

  await step(
    "cdktf diff",
    async () => expectNoChange(await cdktf("diff")),
    () => "cdktf diff: no change",
  );

  workspace.edit("Port.tcp(8080)", "Port.tcp(8081)");
  await step(
    "change an internal port, cdktf deploy",
    async () => {
      await deploy();
      const after = await platform.forwards();
      expectKept(first, after, "id");
      return said(after.find(({ description }) => description === "web service")!);
    },
    (words) => `internal port 8080 -> 8081 in place, same id and external port: ${words}`,
  );

  workspace.edit('image: "http-hello"', 'image: "http-hello-next"');
  await step(
    "rebuild an instance from another image, cdktf deploy",
    async () => {
      await deploy();
      const after = await platform.forwards();
      expectKept(first, after, "socketAddress");
      return said(after.find(({ description }) => description === "web service")!);
    },
    (words) => `instance rebuilt, its forwards kept their external ports: ${words}`,
  );

  if (keep) return leaveRunning(platform);
  const left = await platform.forwards();
  await step(
    "cdktf destroy",
    async () => {
      await cdktf("destroy", "--auto-approve");
      const rows = await platform.count();
      if (rows > 0) throw new Error(`${rows} objects are left on the platform`);
      for (const { protocol, externalIp, externalPort } of left) {
        if (reach === "nothing" || (await isSilent(protocol, externalIp, externalPort))) continue;
        throw new Error(`something still answers at ${externalIp}:${externalPort}/${protocol}`);
      }
      await platform.stop();
      workspace!.remove();
    },
    () =>
      onCloud
        ? "cdktf destroy: no project, instance or forward of the program is left"
        : "cdktf destroy: no row, no listener, no process, no file is left",
  );
  say(
    `\nDone in ${((performance.now() - began) / 1000).toFixed(0)} s. Next: npm start -- --keep, and README.md.`,
  );
}

const answer = ({ protocol, externalIp, externalPort }: contract.PortForward) =>
  answerOf(protocol, externalIp, externalPort);

type Reach = Awaited<ReturnType<RunningPlatform["reach"]>>;

/** Sends traffic through each forward and to the private address behind it; both have to say the same. */
async function showAnswers(platform: RunningPlatform, reach: Reach): Promise<void> {
  const names = new Map((await platform.instances()).map(({ id, name }) => [id, name]));
  const rows: string[][] = [];
  const order = [...names.keys()];
  const forwards = (await platform.forwards()).sort(
    (a, b) => order.indexOf(a.instanceId!) - order.indexOf(b.instanceId!) || a.externalPort - b.externalPort,
  );
  for (const forward of forwards) {
    const { protocol, internalIp, internalPort, instanceId, socketAddress, description } = forward;
    const outside = reach === "nothing" ? "" : await answer(forward);
    const inside = reach === "everything" ? await answerOf(protocol, internalIp!, internalPort) : outside;
    if (inside !== outside)
      throw new Error(`${socketAddress} said ${outside}, its private address ${inside}`);
    rows.push([
      `${socketAddress}/${protocol}`,
      names.get(instanceId!)!,
      `${internalIp}:${internalPort}`,
      description,
      outside,
    ]);
  }
  const answered = { everything: "ANSWERED AT BOTH", forwards: "ANSWERED", nothing: "" }[reach];
  table(["EXTERNAL", "INSTANCE", "PRIVATE", "DESCRIPTION", answered], rows);
  if (reach === "nothing")
    say("No packet passes from here to that cloud: the forwards are declared, and were not tried.");
}

function expectNoChange(output: string): void {
  if (!/No changes\./.test(output)) throw new Error(`cdktf diff shows a change:\n${output.slice(-2000)}`);
}

function expectKept(
  before: readonly contract.PortForward[],
  after: readonly contract.PortForward[],
  field: "id" | "socketAddress",
): void {
  const facts = (forwards: readonly contract.PortForward[]) =>
    forwards
      .map((forward) => `${forward.socketAddress} ${forward[field]}`)
      .sort()
      .join("\n");
  if (facts(before) === facts(after)) return;
  throw new Error(`the forwards have changed:\n${facts(before)}\nbecame\n${facts(after)}`);
}

function leaveRunning(platform: RunningPlatform): void {
  const { path } = workspace!;
  // Not npx: it would install the checkout anew before it runs its command.
  const command = `node ${relative(process.cwd(), resolve(root, "dist/cli/fairlead.js"))} forwards`;
  const settings = Object.entries(platform.environment).map(([name, value]) => `${name}=${value}`);
  // It still writes while it ends: what it writes in is removed when it has ended.
  const { pid } = platform;
  const ending = pid === undefined ? "" : `kill ${pid}; while kill -0 ${pid} 2>/dev/null; do sleep 1; done; `;
  platform.release();
  say(`\nIt all runs on. Try:
  export ${settings.join(" ")}
  ${command}         # every instance with its forwards
  cd ${path} && $EDITOR main.ts && npx cdktf deploy
To end it:
  cd ${path} && npx cdktf destroy --auto-approve
  ${ending}rm -r ${path}        # from the checkout`);
}

async function cleanUp(signal: NodeJS.Signals): Promise<void> {
  await endAll(signal);
  workspace?.remove();
}

let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, async () => {
    if (interrupted) {
      killAll();
      workspace?.remove();
      process.exit(130);
    }
    interrupted = true;
    say("\nInterrupted: cleaning up (once more to do so at once)");
    await cleanUp("SIGINT");
    process.exit(130);
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      keep: { type: "boolean", default: false },
      platform: { type: "string", default: "embedded" },
    },
  });
  if (!["embedded", "openstack"].includes(values.platform))
    throw new MissingRequirement(`--platform is embedded or openstack, not ${values.platform}.`);
  await quickstart(values.keep, values.platform === "openstack");
}

main().catch(async (error: Error) => {
  // An interruption fails the step that was under way, too.
  if (interrupted) return;
  await cleanUp("SIGTERM");
  process.stderr.write(error instanceof MissingRequirement ? `${error.message}\n` : `\n${error.message}\n`);
  process.exit(1);
});
