#!/usr/bin/env node
/** The executable that Terraform spawns, bundled into one file: `terraform-provider-fairlead`. */
import { compileFunction } from "node:vm";
import type { createMethods } from "../tfplugin/rpc/methods";
import { serveMethods } from "../tfplugin/serve";

// All but the handshake travels as text: Terraform starts this program three to five times per command, and
// half a megabyte of code that V8 has to look through before the first line would double its start.
const program: string = require("../../dist/cli/provider-program.txt");

serveMethods(() => {
  const module = { exports: {} as { methods: ReturnType<typeof createMethods> } };
  compileFunction(program, ["exports", "require", "module"], { filename: `${__filename}#provider` })(
    module.exports,
    require,
    module,
  );
  return module.exports.methods;
});
