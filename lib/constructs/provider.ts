import { join } from "node:path";
import { type ISynthesisSession, TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";
import { ProviderBlock } from "../bindings";
import { providerVersion } from "../bindings/release";
import { brand, hasBrand } from "./brand";
import { checkCaFile } from "./ca-file";
import { describeHidingConfiguration } from "./cli-configuration";
import { ConstructError, describe, type Finding } from "./construct-error";
import { checkCopy } from "./copies";
import { isExpression, knownValue } from "./known-value";
import { loadContract } from "./lazy-contract";
import { notify } from "./notice";
import { onePerStack } from "./one-per-stack";
import { checkEndpoint } from "./preflight/endpoint";
import { checkFields } from "./props";
import { installProvider } from "./provider-installation";
import { isInTree } from "./tree";

/** Which OpenStack cloud a stack is deployed to, and what is used of it. */
export interface OpenStackProps {
  /**
   * Name of a cloud of `clouds.yaml`.
   * @default OS_CLOUD where Terraform runs; without it the other OS_* variables, or the only cloud of the file
   */
  readonly cloud?: string;
  /**
   * Region of the cloud.
   * @default what `clouds.yaml` says, or OS_REGION_NAME
   */
  readonly region?: string;
  /**
   * Name or id of the network that floating IPs come from.
   * @default the only external network of the cloud
   */
  readonly externalNetwork?: string;
  /**
   * Network of the instances of each project that is made.
   * @default "10.20.0.0/24"
   */
  readonly privateCidr?: string;
  /**
   * External ports that forwards can have, both ends included.
   * @default "20000-32767"
   */
  readonly externalPorts?: string;
}

/** Which platform a stack is deployed to. */
export interface FairleadProviderProps {
  /**
   * URL of the platform's API, "http://127.0.0.1:7878", or a cloud of `clouds.yaml`: "openstack:mycloud".
   * @default FAIRLEAD_ENDPOINT of the environment that Terraform runs in
   */
  readonly endpoint?: string;
  /**
   * An OpenStack cloud to deploy to, instead of an endpoint. Credentials are those of `clouds.yaml` or the OS_*
   * variables where Terraform runs.
   * @default no OpenStack cloud
   */
  readonly openstack?: OpenStackProps;
  /**
   * Bearer token, as the value of an `EphemeralVariable`: what is written here as text would be readable in the
   * synthesized stack, and the value of a variable that is only sensitive in saved plans.
   * @default FAIRLEAD_TOKEN, or the content of FAIRLEAD_TOKEN_FILE, where Terraform runs
   */
  readonly token?: string;
  /**
   * File with the certificate, in PEM, of the CA that the platform's own descends from, where Terraform runs: an
   * absolute path, since Terraform runs in a folder of its own. For an endpoint that begins with https.
   * @default FAIRLEAD_CA_FILE where Terraform runs; without it the CAs that Node.js trusts
   */
  readonly caFile?: string;
  /**
   * Labels that everything gets that this provider makes, unless it has one of the same key; at most 64.
   * @default no labels
   */
  readonly defaultLabels?: { [key: string]: string };
  /**
   * Mark of everything that this provider makes: 1 to 255 characters. Lists and messages say it (`fairlead orphans`);
   * nothing is ever taken over because of it.
   * @default the stack's path
   */
  readonly ownershipId?: string;
  /**
   * Text that is the same at every apply of one plan and another in every other plan. With it, applying a saved plan
   * again finds what its first apply has made. A pipeline that applies on other machines gives the id of its run.
   * @default Terraform's `plantimestamp()`, with the workspace and the alias, which holds where the plan is applied again in the same folder
   */
  readonly planId?: string;
  /**
   * Name of this provider among several in one stack; constructs choose it by their `provider`.
   * @default this is the stack's default provider
   */
  readonly alias?: string;
  /**
   * What happens when the stack is synthesized and credentials are there: one look at the platform tells what an apply
   * would stumble over (taken ports, quotas, unknown images and flavors, what the platform cannot do, instances of other
   * projects). With "error" that stops the synthesis, with "warn" it is only told; "off" asks nothing.
   * @default "error"
   */
  readonly preflight?: "off" | "warn" | "error";
}

/** How cdktf lets a construct write files of its own into the synthesized stack. */
const customSynthesis = Symbol.for("cdktf/customSynthesis");

/**
 * The connection between a stack and a platform.
 *
 * Synthesis puts the provider's executable and its lock entry into the stack's directory, so Terraform
 * downloads nothing and needs no registry. A stack without this construct gets one from the environment.
 *
 * @example
 * new FairleadProvider(this, "Fairlead", { endpoint: "http://127.0.0.1:7878" });
 *
 * @example
 * new FairleadProvider(this, "Fairlead", { openstack: { cloud: "mycloud", externalNetwork: "public" } });
 */
export class FairleadProvider extends ProviderBlock {
  static {
    brand(FairleadProvider, "FairleadProvider");
  }

  /** Whether a value is a FairleadProvider, of this or another copy of the package. */
  static isFairleadProvider(value: unknown): value is FairleadProvider {
    return hasBrand(value, "FairleadProvider");
  }

  /** What happens to what an apply would stumble over. */
  readonly preflight: "off" | "warn" | "error";

  constructor(scope: Construct, id: string, props: FairleadProviderProps = {}) {
    const marks = {
      ownershipId: props.ownershipId ?? TerraformStack.of(scope).node.path,
      defaultLabels: props.defaultLabels,
    };
    super(scope, id, { ...props, ...marks, planId: props.planId ?? planIdOf(props.alias) });
    checkCopy(this);
    madeIn(TerraformStack.of(this)).push(this);
    this.preflight = props.preflight ?? "error";
    checkEndpoint(this);
    checkCaFile(this);
    // The mark is the same field of everything that can be made.
    const { collections, Labels } = loadContract();
    const schema = collections.projects.create.pick({ ownershipId: true });
    checkFields(this, schema.extend({ defaultLabels: Labels.optional() }), marks, fixes);
    if (props.token !== undefined && !Token.isUnresolved(props.token) && !isExpression(props.token)) {
      throw new ConstructError(this, literalToken);
    }
    // A Lazy value, or the resource's setter, can still bring a literal one.
    this.node.addValidation({
      validate: () => (knownValue(this, this.tokenInput) === undefined ? [] : [describe(literalToken)]),
    });
    Object.defineProperty(this, customSynthesis, {
      value: {
        onSynthesize: ({ outdir, manifest }: ISynthesisSession) => {
          const { workingDirectory } = manifest.forStack(TerraformStack.of(this));
          this.onSynthesize(join(outdir, workingDirectory));
        },
      },
    });
  }

  /** Writes what Terraform needs into the stack's directory; `Testing.synth` does not come here. */
  protected onSynthesize(stackFolder: string): void {
    installProvider(stackFolder, { constraints: providerVersion });
    const hiding = describeHidingConfiguration();
    if (hiding) notify(this, "warning", hiding);
  }
}

const madeIn = (stack: TerraformStack): FairleadProvider[] =>
  onePerStack<FairleadProvider[]>(stack, "providers", () => []);

/** The FairleadProviders of a stack. They are noted as they are made: each of many lookups asks for them. */
export const providersIn = (stack: TerraformStack): FairleadProvider[] => madeIn(stack).filter(isInTree);

const literalToken: Finding = {
  problem: "`token` is literal text, but whoever reads the synthesized stack would know it.",
  fix: "Leave `token` out and set FAIRLEAD_TOKEN where Terraform runs, or pass the value of an EphemeralVariable.",
};

const fixes = {
  ownershipId: "Give `ownershipId` another value.",
  defaultLabels: "Correct `defaultLabels`.",
};

/** Two providers of a stack may lead to one platform, where what both make alike is two things all the same. */
const planIdOf = (alias: string | undefined): string => (alias === undefined ? planId : `${planId} ${alias}`);

/** For Terraform to evaluate: two plans never have it in common, all applies of one plan have. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is Terraform's template, not JavaScript's.
const planId = "${plantimestamp()} ${terraform.workspace}";
