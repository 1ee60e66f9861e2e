#!/usr/bin/env node
/**
 * The executable. Terraform starts it several times per command, so all but `serve` is loaded only when it is needed:
 *
 *   esbuild examples/provider/main.ts --bundle --platform=node --outfile=terraform-provider-null_v3.2.4
 */
import { serve } from "../../lib/tfplugin/serve";

serve(async () => (await import("./provider.js")).provider);
