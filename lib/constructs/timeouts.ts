/** How long Terraform waits for the operations on a resource, each as "90s", "20m" or "1h30m". */
export interface OperationTimeouts {
  /**
   * Making it, until it is usable.
   * @default 10 minutes
   */
  readonly create?: string;
  /**
   * Changing it in place.
   * @default 10 minutes
   */
  readonly update?: string;
  /**
   * Deleting it.
   * @default 10 minutes
   */
  readonly delete?: string;
}
