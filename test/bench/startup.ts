import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { selfSignedCertificate } from "../../lib/tfplugin/server/certificate";
import { atMost, median, type Row, untilExit } from "./measure";

const provider = resolve(__dirname, "../../dist/cli/terraform-provider-fairlead");
const rounds = 25;

/** Provider start to handshake line, beside a bare `node -e 0`; and what the process takes in memory. */
export async function run(): Promise<Row[]> {
  // As Terraform starts it: with its cookie and its client certificate.
  const der = selfSignedCertificate().der.toString("base64");
  const clientPem = `-----BEGIN CERTIFICATE-----\n${der.replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`;
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const pluginEnv = {
    ...env,
    TF_PLUGIN_MAGIC_COOKIE: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
    PLUGIN_CLIENT_CERT: clientPem,
  };
  const bare: number[] = [];
  const handshake: number[] = [];
  let resident = 0;
  for (let round = 0; round < rounds; round++) {
    bare.push(await untilExit([process.execPath, "-e", "0"], env));
    const started = await untilLine([process.execPath, provider], pluginEnv);
    handshake.push(started.milliseconds);
    resident = Math.max(resident, started.residentMegabytes);
  }
  return [
    { what: "node -e 0", value: `${median(bare).toFixed(0)} ms` },
    { what: "provider start to handshake", value: `${median(handshake).toFixed(0)} ms` },
    atMost("provider start / node -e 0", median(handshake) / median(bare), 2.2),
    { what: "provider's resident memory", value: `${resident.toFixed(0)} MB` },
  ];
}

async function untilLine(command: string[], env: NodeJS.ProcessEnv) {
  const began = performance.now();
  const child = spawn(command[0]!, command.slice(1), { env, stdio: ["ignore", "pipe", "inherit"] });
  const milliseconds = await new Promise<number>((done) =>
    child.stdout.once("data", () => done(performance.now() - began)),
  );
  // With the provider itself loaded, which happens behind the handshake.
  await pause(300);
  const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
  child.kill("SIGKILL");
  await new Promise((done) => child.once("exit", done));
  return { milliseconds, residentMegabytes: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024 };
}
