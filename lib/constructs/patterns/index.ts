/** Constructs on top of the others, for what many teams need; each is an example for writing one's own. */
export { Bastion, type BastionProps } from "./bastion";
export { SshAccess, type SshAccessProps } from "./ssh-access";
export { WebService, type WebServiceProps } from "./web-service";
