#!/usr/bin/env node
/** The executable that Terraform spawns, bundled into one file: `terraform-provider-fairlead`. */
import { compileFunction } from "node:vm";
import type { createMethods } from "../tfplugin/rpc/methods";
import { serveMethods } from "../tfplugin/serve";

// All but the handshake travels as text: Terraform starts this program three to five times per command, and
// half a megabyte of code that V8 has to look through before the first line would double its start.
const program: string = require("../../dist/cli/provider-program.txt");

function serve(): void {
  serveMethods(() => {
    const module = { exports: {} as { methods: ReturnType<typeof createMethods> } };
    compileFunction(program, ["exports", "require", "module"], { filename: `${__filename}#provider` })(
      module.exports,
      require,
      module,
    );
    return module.exports.methods;
  });
}

// Where only a stack's folder has travelled to, this is the program that is at hand: it probes, too.
if (process.argv[2] === "probe") {
  (require("../probe/command") as typeof import("../probe/command"))
    .probeFromWords(process.argv.slice(3), __filename)
    .then((code) => {
      process.exitCode = code;
    });
} else {
  serve();
}
