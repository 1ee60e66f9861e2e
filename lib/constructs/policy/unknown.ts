/** A value that only Terraform will know, with the name of the prop that it belongs to. */
export class Unknown {
  constructor(readonly prop: string) {}
}
