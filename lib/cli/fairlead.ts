#!/usr/bin/env node
/** The `fairlead` command: nouns, then verbs; what a verb needs is loaded when it runs. */
import { Command, Option } from "commander";
import { version } from "../provider/version";

const program = new Command("fairlead")
  .description("Port forwards, virtual machines and their projects as code.")
  .version(version)
  .showHelpAfterError("(--help shows what is possible)");

program
  .command("init")
  .argument("[dir]", "folder of the project: empty, or a new one", ".")
  .description("write a new project: a stack that deploys at once, its test, and what cdktf needs")
  .action((dir) => (require("./init") as typeof import("./init")).init(dir));

const platform = program.command("platform").description("a platform on this machine");
platform
  .command("start")
  .description(
    "start the platform in the foreground; Ctrl-C or SIGTERM stops it, and a new start brings everything back",
  )
  .option("--listen <host:port>", "address of the API (default: 127.0.0.1:7878)")
  .option("--data <dir>", "folder of everything that lasts (default: ~/.local/share/fairlead)")
  .option("--external-ip <ip...>", "public address of forwards (default: 127.0.0.1)")
  .option("--ports <a-b>", "external ports that forwards can have (default: 20000-32767)")
  .option(
    "--config <file>",
    "configuration file (JSON or YAML): every flag by its name, images, flavors, rateLimit",
  )
  .option(
    "--connection-log <file>",
    "append a line for each connection that is over or was refused; a file that is renamed is made anew",
  )
  .option(
    "--drain <time>",
    "how long open TCP connections may go on when the platform is stopped: 10s, 2m; a second signal cuts them",
  )
  .option("--expose", "allow addresses that other machines can reach")
  .option(
    "--tls-cert <file>",
    "certificate of the API, in PEM, its CAs' behind it; with --tls-key (default: HTTP)",
  )
  .option("--tls-key <file>", "its private key, in PEM; both files are read again when they are renewed")
  .addOption(
    new Option("--log-format <format>", "log on stderr (default: text on a terminal, else json)").choices([
      "text",
      "json",
    ]),
  )
  .addOption(
    new Option("--log-level <level>", "the least important lines that are logged (default: info)").choices([
      "debug",
      "info",
      "warn",
      "error",
    ]),
  )
  .option("--json", 'print one line on stdout when ready: {"endpoint": ..., "tokenFile": ...}')
  .action((options) =>
    (require("./platform-start") as typeof import("./platform-start")).platformStart(options),
  );

platform
  .command("backup")
  .argument("<file>", "new file of the backup")
  .description(
    "write everything that the platform knows to one file, also while it runs; the administrator's token is not in it",
  )
  .option("--data <dir>", "the platform's folder (default: ~/.local/share/fairlead)")
  .action((file, options) =>
    (require("./platform-backup") as typeof import("./platform-backup")).platformBackup(file, options),
  );
platform
  .command("restore")
  .argument("<file>", "a backup")
  .description("put a backup into a folder that no platform uses and that has no database")
  .option("--data <dir>", "the platform's folder (default: ~/.local/share/fairlead)")
  .option("--replace", "put it in the place of the database that is there, which is kept beside it")
  .action((file, options) =>
    (require("./platform-backup") as typeof import("./platform-backup")).platformRestore(file, options),
  );

const provider = program.command("provider").description("the Terraform provider");
provider
  .command("install")
  .argument("[dir]", "folder of the Terraform configuration", ".")
  .description(
    "put the provider and its lock entry below a folder of Terraform HCL, so that `terraform init` finds it",
  )
  .action((dir) =>
    (require("./provider-install") as typeof import("./provider-install")).providerInstall(dir),
  );

const forward = program.command("forward").description("port forwards");
const listOptions = (command: Command): Command =>
  command
    .description("list each instance with its forwards")
    .option("--project <name or id>", "only this project")
    .addOption(new Option("--owner <mark>", "only what bears this ownership mark").conflicts("unowned"))
    .option("--unowned", "only what bears no ownership mark")
    .option("--unused <duration>", "only forwards that were not used for so long: 30d, 12h, 90m")
    .option("--stats", "show connections and bytes")
    .option("--wide", "show ownership marks and ids, too")
    .addOption(new Option("--json", "print one flat array of forwards, as the API gives them"))
    .action((options) => (require("./forward-list") as typeof import("./forward-list")).forwardList(options));
listOptions(forward.command("list"));
listOptions(program.command("forwards").summary("short for: forward list"));

const named = "id, or what clients connect to: 203.0.113.5:20170/tcp";
const change = () => require("./forward/change") as typeof import("./forward/change");
forward
  .command("explain")
  .argument("<forward>", named)
  .description("show what becomes of a connection, hop by hop, and what happened last")
  .option("--json", "print it as the API gives it")
  .action((forward, options) =>
    (require("./forward/explain") as typeof import("./forward/explain")).explain(forward, options),
  );
forward
  .command("disable")
  .argument("<forward>", named)
  .description("close a forward, which keeps its port; the next apply of its owner opens it again")
  .action((forward) => change().setEnabled(forward, false));
forward
  .command("enable")
  .argument("<forward>", named)
  .description("open a disabled forward again")
  .action((forward) => change().setEnabled(forward, true));
forward
  .command("delete")
  .argument("<forward>", named)
  .description("delete a forward; its port goes back to the platform")
  .action((forward) => change().deleteForward(forward));
forward
  .command("block")
  .argument("<forward>", named)
  .requiredOption("--reason <text>", "why; its owner reads it in every plan")
  .description(
    "as administrator, close a forward and the ports of the instance that it leads to; no apply opens them again",
  )
  .action((forward, { reason }) => change().blockForward(forward, reason));
forward
  .command("unblock")
  .argument("<forward>", named)
  .description("as administrator, lift a block")
  .action((forward) => change().unblockForward(forward));
forward
  .command("blocks")
  .description("as administrator, list what is blocked")
  .option("--json", "print it as the API gives it")
  .action((options) => (require("./forward/blocks") as typeof import("./forward/blocks")).blocks(options));

const token = program.command("token").description("who may call the platform");
const tokens = () => require("./token") as typeof import("./token");
token
  .command("create")
  .description("make a token and print it, this once; the platform keeps only its hash")
  .option("--project <name or id>", "the one project that it sees (default: all of them)")
  .requiredOption("--role <role>", "viewer reads; editor also changes; admin also manages tokens")
  .option("--expires <duration>", "when it stops working: 12h, 30d, 4w, or never", "90d")
  .option("--name <name>", "what people call it")
  .option("--json", "print token and all that belongs to it as JSON")
  .action((options) => tokens().createToken(options));
token
  .command("list")
  .description("list tokens: whose, until when, last used when")
  .option("--project <name or id>", "only those of this project")
  .option("--json", "print them as the API gives them")
  .action((options) => tokens().listTokens(options));
token
  .command("revoke")
  .argument("<id>", "id of a token, from `fairlead token list`")
  .description("take a token back, at once")
  .action((id) => tokens().revokeToken(id));

program
  .command("audit")
  .description("list who changed what on the platform, the latest first")
  .option("--project <name or id>", "only this project; by its id also when it is gone")
  .option("--since <when>", "from then on: 1d, 90m, 2026-11-24, 2026-11-24T12:00:00Z")
  .option("--until <when>", "until then")
  .option("--port <port>", "only forwards that have or had it: 20170, 20170/tcp, 203.0.113.5:20170/tcp")
  .option("--entity <id>", "only this project, instance, forward or token")
  .option("--request <id>", "only what this request did")
  .option("--limit <n>", "at most so many", "50")
  .option("--json", "print entries as the API gives them")
  .action((options) => (require("./audit") as typeof import("./audit")).audit(options));

program
  .command("adopt")
  .description(
    "print a TypeScript program for what was made by hand: each forward with its importFrom, so that Terraform takes " +
      "it over as it is; what bears an ownership mark is some stack's already, and left out",
  )
  .option("--project <name or id>", "only this project (default: each of them is a stack)")
  .option("--out <file>", "write the program to a new file instead of stdout")
  .option(
    "--instances",
    "import instances and projects, too (default: they are looked up, and stay as they are)",
  )
  .action((options) => (require("./adopt") as typeof import("./adopt")).adopt(options));

program
  .command("orphans")
  .argument("[dir]", "folder of a Terraform configuration, or of a cdktf project with one stack", ".")
  .description(
    "list what bears this stack's ownership mark on the platform and is in none of its states, with the import " +
      "block and the command that deletes it; nothing is changed without --delete",
  )
  .addOption(
    new Option(
      "--ownership-id <mark>",
      "mark of the stack, several times for several (default: from the folder)",
    ).argParser((mark: string, marks: string[] | undefined) => [...(marks ?? []), mark]),
  )
  .addOption(new Option("--delete <id>", "delete this one orphan").conflicts("fail"))
  .option("--fail", "end with exit code 3 when there are orphans")
  .action((dir, options) => (require("./orphans") as typeof import("./orphans")).orphans(dir, options));

program
  .command("context")
  .description(
    "list what lookups have found: fairlead.context.json, which synthesis reads instead of asking the platform",
  )
  .addOption(
    new Option("--refresh [key]", "ask the platform again, for all entries or for one").conflicts([
      "clear",
      "check",
      "prune",
    ]),
  )
  .addOption(
    new Option("--clear <key>", "remove an entry; the next synthesis asks for it").conflicts([
      "check",
      "prune",
    ]),
  )
  .addOption(
    new Option(
      "--check",
      "show what has changed on the platform since; exit code 3 if anything has",
    ).conflicts("prune"),
  )
  .option("--prune", "run the app and remove what no construct of it asks for")
  .action((options) => (require("./context/command") as typeof import("./context/command")).context(options));

program
  .command("report")
  .argument(
    "[source...]",
    "folder of synthesized stacks, or a plan or state that `terraform show -json` has written; - is stdin",
  )
  .description("show what stacks expose to whom, and what a plan changes about it")
  .addOption(
    new Option(
      "--format <format>",
      "text, markdown (a pull-request comment), html (a page), svg (a picture); default: by the end of --out, else text",
    ),
  )
  .option("--out <file>", "file to write instead of stdout")
  .option("--title <text>", "title of page or picture (default: the stacks' names)")
  .option(
    "--stack <dir>",
    "synthesized stack of a plan or state, for construct paths and what the exposure policy said (default: the file's folder)",
  )
  .action((sources, options) => (require("./report") as typeof import("./report")).report(sources, options));

program
  .command("probe")
  .argument("<address>", "what clients connect to: 203.0.113.5:20170")
  .description(
    "connect through a forward and say in a line whether that works, and which hop fails; exit code 3 if it does not",
  )
  .option("--expect <what>", "tcp, tls, ssh, udp-echo, http:200 or http:200/path, https likewise", "tcp")
  .option("--timeout <duration>", "try again for so long: 500ms, 30s, 5m", "30s")
  .option("--allowed <cidrs>", "the forward's sources, comma-separated, to tell why a connection is cut")
  .addOption(
    new Option(
      "--from <word>",
      "a word of a command that runs a program elsewhere, again for each: --from ssh --from jump",
    ).argParser((word: string, words: string[] | undefined) => [...(words ?? []), word]),
  )
  .action((address, options) =>
    (require("./probe") as typeof import("./probe")).probe({ ...options, address }),
  );

program.addHelpText(
  "after",
  "\nWhich platform: FAIRLEAD_ENDPOINT, with FAIRLEAD_TOKEN or FAIRLEAD_TOKEN_FILE; openstack:<cloud> is one of clouds.yaml.",
);

// A reader that has enough (`| head`) is no mistake; a full disk is.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  (require("./failure") as typeof import("./failure")).fail(error);
});

program
  .parseAsync()
  .catch((error: unknown) => (require("./failure") as typeof import("./failure")).fail(error));
