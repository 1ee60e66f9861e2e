import { Token } from "cdktf";
import { Construct } from "constructs";
import { ConstructError } from "./construct-error";
import type { IPortForward } from "./port-forward";

/** What made and existing forwards have in common: how clients reach them. */
export abstract class PortForwardBase extends Construct implements IPortForward {
  abstract readonly portForwardId: string;
  abstract readonly externalIp: string;
  abstract readonly externalPort: number;
  abstract readonly socketAddress: string;

  /**
   * Where clients find what answers there, such as "http://203.0.113.5:20170"; of a range, at its first port.
   *
   * @param scheme what comes before "://"
   * @param path what follows the port, with its slash
   * @throws ConstructError
   * @example
   * new TerraformOutput(this, "page", { value: page.url("http") });
   */
  url(scheme: string, path = ""): string {
    if (!Token.isUnresolved(scheme) && !/^[a-z][a-z0-9+.-]*$/i.test(scheme)) {
      throw new ConstructError(this, {
        problem: `The scheme of a URL is ${JSON.stringify(scheme)}, but it is a word such as http.`,
        fix: 'Leave "://" and all that follows out: url("http").',
      });
    }
    if (!Token.isUnresolved(path) && path !== "" && !/^[/?#]/.test(path)) {
      throw new ConstructError(this, {
        problem: `The path of a URL is ${JSON.stringify(path)}, but a path begins with a slash.`,
        fix: `Write url(${JSON.stringify(scheme)}, ${JSON.stringify(`/${path}`)}).`,
      });
    }
    return `${scheme}://${this.socketAddress}${path}`;
  }

  /**
   * What to type to get a shell, such as "ssh -p 20170 ubuntu@203.0.113.5"; of a range, at its first port.
   *
   * @param user who logs in; without one ssh takes the user's own name, or what its configuration says
   * @throws ConstructError
   * @example
   * new TerraformOutput(this, "ssh", { value: web.forward(Port.SSH).sshCommand("ubuntu") });
   */
  sshCommand(user?: string): string {
    // Somebody will paste it into a shell.
    if (user !== undefined && !Token.isUnresolved(user) && !/^[\w][\w.-]*$/.test(user)) {
      throw new ConstructError(this, {
        problem: `The user is ${JSON.stringify(user)}, but it has letters, digits, dots, underscores and hyphens only.`,
        fix: "Pass the name of a user of the instance.",
      });
    }
    const at = user === undefined ? "" : `${user}@`;
    return `ssh -p ${Token.asString(this.externalPort)} ${at}${this.externalIp}`;
  }
}
