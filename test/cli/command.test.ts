import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { temporaryFolder } from "../support/embedded";

const command = resolve(__dirname, "../../dist/cli/fairlead.js");
const folder = temporaryFolder();
afterAll(() => folder.remove());

/** Runs the command as a user would, without settings of ours in the environment. */
function fairlead(args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: folder.path, ...env },
  });
  return { status, stdout, stderr };
}

const verbs = [
  [],
  ["init"],
  ["platform"],
  ["platform", "start"],
  ["provider", "install"],
  ["forward", "list"],
  ["forwards"],
  ["orphans"],
  ["report"],
  ["probe"],
];
test.each(verbs.map((verb) => [verb]))("%j --help says what is possible", (verb) => {
  const { status, stdout } = fairlead([...verb, "--help"]);
  expect(status).toBe(0);
  expect(stdout).toContain(`Usage: fairlead ${verb.join(" ")}`.trim());
});

const config = join(folder.path, "config.json");
writeFileSync(config, `{ "imagse": {} }`);
const wrong: [string[], RegExp][] = [
  [["platform", "start", "--foo"], /unknown option '--foo'/],
  [["platfrom"], /unknown command 'platfrom'[\s\S]*Did you mean platform\?/],
  [["forward", "list", "extra"], /too many arguments/],
  [
    ["platform", "start", "--listen", "7878"],
    /--listen is "7878", but it has to be an IP address and a port/,
  ],
  [["platform", "start", "--listen", "127.0.0.1:99999"], /--listen is "127\.0\.0\.1:99999"/],
  [["platform", "start", "--listen", "0.0.0.0:0"], /0\.0\.0\.0 can be reached from other machines.*--expose/],
  [["platform", "start", "--external-ip", "192.0.2.1"], /192\.0\.2\.1 can be reached from other machines/],
  [
    ["platform", "start", "--external-ip", "0.0.0.0", "--expose"],
    /0\.0\.0\.0, which is every address of this host/,
  ],
  [["platform", "start", "--external-ip", "::", "--expose"], /--external-ip is ::, which is every address/],
  [["platform", "start", "--external-ip", "here"], /--external-ip is "here", but it has to be an IP address/],
  [["platform", "start", "--ports", "9-3"], /--ports is "9-3", but it has to be a range/],
  [
    ["platform", "start", "--config", config],
    /config\.json:1:3: imagse is not a field that can be set here; did you mean images\?/,
  ],
  [["provider", "install", "/nowhere"], /\/nowhere is no folder/],
  [["orphans", "/nowhere"], /\/nowhere is no folder/],
  [["orphans", "--fail", "--delete", "x"], /option '--delete <id>' cannot be used with option '--fail'/],
  [["report", "/nowhere"], /There is no \/nowhere\. Name a synthesized stack's folder/],
  [["report", folder.path], /holds no Terraform configuration .* and no synthesized stack/],
  [["report", config], /config\.json is JSON of another kind: its fields are imagse\./],
  [["report", "--format", "pdf"], /--format is "pdf", but it has to be one of text, markdown, html, svg/],
  [["report", "--stack", "/nowhere"], /--stack is "\/nowhere", but that folder has no cdk\.tf\.json/],
  [["init", config], /config\.json is a file\. Name a folder that is empty, or a new one/],
  [["init", folder.path], /is not empty: it has config\.json\. Nothing was written\./],
  [["forward", "list"], /No platform is named\. Set FAIRLEAD_ENDPOINT/],
];
test.each(wrong)("%j is refused in a line that says what to do", (args, message) => {
  const { status, stdout, stderr } = fairlead(args);
  expect(status).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test("a platform that does not answer is named, with who named it", () => {
  const { status, stderr } = fairlead(["forwards"], {
    FAIRLEAD_ENDPOINT: "http://127.0.0.1:1",
    FAIRLEAD_TOKEN: "s3cret",
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(/no answer from http:\/\/127\.0\.0\.1:1 \(set by FAIRLEAD_ENDPOINT\): ECONNREFUSED/);
  expect(stderr).not.toContain("s3cret");
});
