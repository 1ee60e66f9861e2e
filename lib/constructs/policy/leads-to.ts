import { TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import type { IInstance } from "../instance-base";
import { isExpression, resolvedValue } from "../known-value";
import { isRepeated } from "../repetition";
import type { DeclaredExposure } from "./exposure";
import { Unknown } from "./unknown";

/** Whether a forward leads to an instance; unknown where only Terraform knows which one is meant. */
export function leadsTo(exposure: DeclaredExposure, instance: IInstance): boolean | Unknown {
  const { key } = exposure.instance;
  if (key === instance) return true;
  const target = Construct.isConstruct(key)
    ? identityOf(key as IInstance)
    : { stack: exposure.resource.cdktfStack, id: key };
  const wanted = identityOf(instance);
  // A reference means something in its own stack only.
  const isSamePlace = target.stack === wanted.stack || !isExpression(wanted.id);
  if (isSamePlace && target.id !== undefined && target.id === wanted.id) return true;
  return isCertain(target.id) && isCertain(wanted.id) ? false : new Unknown("instanceId");
}

interface Identity {
  readonly stack: TerraformStack;
  /** Undefined where there are several, one of which may be meant. */
  readonly id: unknown;
}

const identityOf = (instance: IInstance & IConstruct): Identity => ({
  stack: TerraformStack.of(instance),
  id: isRepeated(instance) ? undefined : resolvedValue(instance, instance.instanceId),
});

/** An id as it is, or the one of an instance that the stack makes: two of these that differ are two machines. */
const isCertain = (id: unknown): boolean =>
  id !== undefined &&
  (!isExpression(id) || /^\$\{fairlead_instance\.[\w-]+(\[[^\]]+\])?\.id\}$/.test(String(id)));
