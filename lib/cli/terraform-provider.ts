#!/usr/bin/env node
/** The executable that Terraform spawns; bundled into one file, `terraform-provider-fairlead`. */
import { serve } from "../tfplugin/serve";

// Loaded after the handshake: Terraform waits for that line, not for what comes behind it.
serve(() => (require("../provider/provider") as typeof import("../provider/provider")).provider);
