/** The provider, as the executable carries it: what answers Terraform once the handshake is done. */
import { provider } from "../provider/provider";
import { createMethods } from "../tfplugin/rpc/methods";

export const methods = createMethods(provider);
