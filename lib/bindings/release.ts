/** Where Terraform finds the provider, and the release that this package comes with. */
export const providerSource = "fairlead.internal/fairlead/fairlead";
export const providerVersion = "0.1.0";
