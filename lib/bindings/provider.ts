// generated from terraform resource schema

import { Construct } from 'constructs';
import * as cdktf from 'cdktf';

// Configuration

export interface FairleadProviderConfig {
  /**
  * URL of the platform's API, or openstack: and the name of a cloud of clouds.yaml. Default: the environment variable FAIRLEAD_ENDPOINT.
  */
  readonly endpoint?: string;
  /**
  * Bearer token. Default: the environment variable FAIRLEAD_TOKEN, or the file that FAIRLEAD_TOKEN_FILE names.
  */
  readonly token?: string;
  /**
  * File with the certificate, in PEM, of the CA that the platform's own descends from, for an endpoint that begins with https. Default: the environment variable FAIRLEAD_CA_FILE; without it the CAs that Node.js trusts.
  */
  readonly caFile?: string;
  /**
  * Labels that every object gets, unless it has a label of the same key. They show in effective_labels.
  */
  readonly defaultLabels?: { [key: string]: string };
  /**
  * Mark of what this configuration makes, such as its name. It serves lists and messages (fairlead orphans); nothing is ever taken over because of it. Default: no mark.
  */
  readonly ownershipId?: string;
  /**
  * What tells a plan from every other: plantimestamp(), which holds for a plan that is applied in one folder, or an id of its own, such as a pipeline's run, which holds wherever it is applied. With it, applying the same saved plan again finds what the first apply has made, also before Terraform 1.16. Default: such a create is made anew, and `fairlead orphans` lists the first one.
  */
  readonly planId?: string;
  /**
  * Alias name
  */
  readonly alias?: string;
  /**
  * openstack block
  */
  readonly openstack?: FairleadProviderOpenstack;
}
export interface FairleadProviderOpenstack {
  /**
  * Name of a cloud of clouds.yaml. Default: the environment variable OS_CLOUD; without it the other OS_* variables, or the only cloud of the file.
  */
  readonly cloud?: string;
  /**
  * Region of the cloud. Default: what clouds.yaml says, or OS_REGION_NAME.
  */
  readonly region?: string;
  /**
  * Name or id of the network that floating IPs come from. Default: the only external network of the cloud.
  */
  readonly externalNetwork?: string;
  /**
  * Network of the instances of each project that is made. Default: 10.20.0.0/24.
  */
  readonly privateCidr?: string;
  /**
  * External ports that forwards can have, both ends included. Default: 20000-32767.
  */
  readonly externalPorts?: string;
}

export function fairleadProviderOpenstackToTerraform(struct?: FairleadProviderOpenstack | cdktf.IResolvable): any {
  if (!cdktf.canInspect(struct) || cdktf.Tokenization.isResolvable(struct)) { return struct; }
  if (cdktf.isComplexElement(struct)) {
    throw new Error("A complex element was used as configuration, this is not supported: https://cdk.tf/complex-object-as-configuration");
  }
  return {
    cloud: cdktf.stringToTerraform(struct!.cloud),
    region: cdktf.stringToTerraform(struct!.region),
    external_network: cdktf.stringToTerraform(struct!.externalNetwork),
    private_cidr: cdktf.stringToTerraform(struct!.privateCidr),
    external_ports: cdktf.stringToTerraform(struct!.externalPorts),
  }
}


export function fairleadProviderOpenstackToHclTerraform(struct?: FairleadProviderOpenstack | cdktf.IResolvable): any {
  if (!cdktf.canInspect(struct) || cdktf.Tokenization.isResolvable(struct)) { return struct; }
  if (cdktf.isComplexElement(struct)) {
    throw new Error("A complex element was used as configuration, this is not supported: https://cdk.tf/complex-object-as-configuration");
  }
  const attrs = {
    cloud: {
      value: cdktf.stringToHclTerraform(struct!.cloud),
      isBlock: false,
      type: "simple",
      storageClassType: "string",
    },
    region: {
      value: cdktf.stringToHclTerraform(struct!.region),
      isBlock: false,
      type: "simple",
      storageClassType: "string",
    },
    external_network: {
      value: cdktf.stringToHclTerraform(struct!.externalNetwork),
      isBlock: false,
      type: "simple",
      storageClassType: "string",
    },
    private_cidr: {
      value: cdktf.stringToHclTerraform(struct!.privateCidr),
      isBlock: false,
      type: "simple",
      storageClassType: "string",
    },
    external_ports: {
      value: cdktf.stringToHclTerraform(struct!.externalPorts),
      isBlock: false,
      type: "simple",
      storageClassType: "string",
    },
  };

  // remove undefined attributes
  return Object.fromEntries(Object.entries(attrs).filter(([_, value]) => value !== undefined && value.value !== undefined));
}


/**
* Represents a fairlead
*/
export class FairleadProvider extends cdktf.TerraformProvider {

  // =================
  // STATIC PROPERTIES
  // =================
  public static readonly tfResourceType = "fairlead";

  // ==============
  // STATIC Methods
  // ==============
  /**
  * Generates CDKTF code for importing a FairleadProvider resource upon running "cdktf plan <stack-name>"
  * @param scope The scope in which to define this construct
  * @param importToId The construct id used in the generated config for the FairleadProvider to import
  * @param importFromId The id of the existing FairleadProvider that should be imported.
  * @param provider? Optional instance of the provider where the FairleadProvider to import is found
  */
  public static generateConfigForImport(scope: Construct, importToId: string, importFromId: string, provider?: cdktf.TerraformProvider) {
        return new cdktf.ImportableResource(scope, importToId, { terraformResourceType: "fairlead", importId: importFromId, provider });
      }

  // ===========
  // INITIALIZER
  // ===========

  /**
  * Create a new fairlead Resource
  *
  * @param scope The scope in which to define this construct
  * @param id The scoped construct ID. Must be unique amongst siblings in the same scope
  * @param options FairleadProviderConfig = {}
  */
  public constructor(scope: Construct, id: string, config: FairleadProviderConfig = {}) {
    super(scope, id, {
      terraformResourceType: 'fairlead',
      terraformGeneratorMetadata: {
        providerName: 'fairlead',
        providerVersionConstraint: '0.1.0'
      },
      terraformProviderSource: 'fairlead.internal/fairlead/fairlead'
    });
    this._endpoint = config.endpoint;
    this._token = config.token;
    this._caFile = config.caFile;
    this._defaultLabels = config.defaultLabels;
    this._ownershipId = config.ownershipId;
    this._planId = config.planId;
    this._alias = config.alias;
    this._openstack = config.openstack;
  }

  // ==========
  // ATTRIBUTES
  // ==========

  // endpoint - computed: false, optional: true, required: false
  private _endpoint?: string; 
  public get endpoint() {
    return this._endpoint;
  }
  public set endpoint(value: string | undefined) {
    this._endpoint = value;
  }
  public resetEndpoint() {
    this._endpoint = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get endpointInput() {
    return this._endpoint;
  }

  // token - computed: false, optional: true, required: false
  private _token?: string; 
  public get token() {
    return this._token;
  }
  public set token(value: string | undefined) {
    this._token = value;
  }
  public resetToken() {
    this._token = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get tokenInput() {
    return this._token;
  }

  // ca_file - computed: false, optional: true, required: false
  private _caFile?: string; 
  public get caFile() {
    return this._caFile;
  }
  public set caFile(value: string | undefined) {
    this._caFile = value;
  }
  public resetCaFile() {
    this._caFile = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get caFileInput() {
    return this._caFile;
  }

  // default_labels - computed: false, optional: true, required: false
  private _defaultLabels?: { [key: string]: string }; 
  public get defaultLabels() {
    return this._defaultLabels;
  }
  public set defaultLabels(value: { [key: string]: string } | undefined) {
    this._defaultLabels = value;
  }
  public resetDefaultLabels() {
    this._defaultLabels = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get defaultLabelsInput() {
    return this._defaultLabels;
  }

  // ownership_id - computed: false, optional: true, required: false
  private _ownershipId?: string; 
  public get ownershipId() {
    return this._ownershipId;
  }
  public set ownershipId(value: string | undefined) {
    this._ownershipId = value;
  }
  public resetOwnershipId() {
    this._ownershipId = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get ownershipIdInput() {
    return this._ownershipId;
  }

  // plan_id - computed: false, optional: true, required: false
  private _planId?: string; 
  public get planId() {
    return this._planId;
  }
  public set planId(value: string | undefined) {
    this._planId = value;
  }
  public resetPlanId() {
    this._planId = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get planIdInput() {
    return this._planId;
  }

  // alias - computed: false, optional: true, required: false
  private _alias?: string; 
  public override get alias() {
    return this._alias;
  }
  public override set alias(value: string | undefined) {
    this._alias = value;
  }
  public resetAlias() {
    this._alias = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get aliasInput() {
    return this._alias;
  }

  // openstack - computed: false, optional: true, required: false
  private _openstack?: FairleadProviderOpenstack; 
  public get openstack() {
    return this._openstack;
  }
  public set openstack(value: FairleadProviderOpenstack | undefined) {
    this._openstack = value;
  }
  public resetOpenstack() {
    this._openstack = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get openstackInput() {
    return this._openstack;
  }

  // =========
  // SYNTHESIS
  // =========

  protected override synthesizeAttributes(): { [name: string]: any } {
    return {
      endpoint: cdktf.stringToTerraform(this._endpoint),
      token: cdktf.stringToTerraform(this._token),
      ca_file: cdktf.stringToTerraform(this._caFile),
      default_labels: cdktf.hashMapper(cdktf.stringToTerraform)(this._defaultLabels),
      ownership_id: cdktf.stringToTerraform(this._ownershipId),
      plan_id: cdktf.stringToTerraform(this._planId),
      alias: cdktf.stringToTerraform(this._alias),
      openstack: fairleadProviderOpenstackToTerraform(this._openstack),
    };
  }

  protected override synthesizeHclAttributes(): { [name: string]: any } {
    const attrs = {
      endpoint: {
        value: cdktf.stringToHclTerraform(this._endpoint),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      token: {
        value: cdktf.stringToHclTerraform(this._token),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      ca_file: {
        value: cdktf.stringToHclTerraform(this._caFile),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      default_labels: {
        value: cdktf.hashMapperHcl(cdktf.stringToHclTerraform)(this._defaultLabels),
        isBlock: false,
        type: "map",
        storageClassType: "stringMap",
      },
      ownership_id: {
        value: cdktf.stringToHclTerraform(this._ownershipId),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      plan_id: {
        value: cdktf.stringToHclTerraform(this._planId),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      alias: {
        value: cdktf.stringToHclTerraform(this._alias),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      openstack: {
        value: fairleadProviderOpenstackToHclTerraform(this._openstack),
        isBlock: true,
        type: "struct",
        storageClassType: "FairleadProviderOpenstack",
      },
    };

    // remove undefined attributes
    return Object.fromEntries(Object.entries(attrs).filter(([_, value]) => value !== undefined && value.value !== undefined ))
  }
}
