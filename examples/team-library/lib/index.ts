/** What the team shares. */
export { office, vpn } from "./networks";
export { TeamPolicy } from "./team-policy";
export { Workbench, type WorkbenchProps } from "./workbench";
