#!/usr/bin/env node
/** The `fairlead` command: nouns, then verbs; what a verb needs is loaded when it runs. */
import { Command, Option } from "commander";
import { version } from "../provider/version";

const program = new Command("fairlead")
  .description("Port forwards, virtual machines and their projects as code.")
  .version(version)
  .showHelpAfterError("(--help shows what is possible)");

const platform = program.command("platform").description("a platform on this machine");
platform
  .command("start")
  .description(
    "start the platform in the foreground; Ctrl-C or SIGTERM stops it, and a new start brings everything back",
  )
  .option("--listen <host:port>", "address of the API", "127.0.0.1:7878")
  .option("--data <dir>", "folder of everything that lasts (default: ~/.local/share/fairlead)")
  .option("--external-ip <ip...>", "public address of forwards (default: 127.0.0.1)")
  .option("--ports <a-b>", "external ports that forwards can have (default: 20000-32767)")
  .option("--config <file>", "configuration file (JSON): images, flavors, addresses, ports")
  .option("--expose", "allow addresses that other machines can reach")
  .option("--json", 'print one line on stdout when ready: {"endpoint": ..., "tokenFile": ...}')
  .action((options) =>
    (require("./platform-start") as typeof import("./platform-start")).platformStart(options),
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
    .addOption(new Option("--json", "print one flat array of forwards, as the API gives them"))
    .action((options) => (require("./forward-list") as typeof import("./forward-list")).forwardList(options));
listOptions(forward.command("list"));
listOptions(program.command("forwards").summary("short for: forward list"));
program.addHelpText(
  "after",
  "\nWhich platform: FAIRLEAD_ENDPOINT, with FAIRLEAD_TOKEN or FAIRLEAD_TOKEN_FILE.",
);

// A reader that has enough (`| head`) is no mistake; a full disk is.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  (require("./failure") as typeof import("./failure")).fail(error);
});

program
  .parseAsync()
  .catch((error: unknown) => (require("./failure") as typeof import("./failure")).fail(error));
