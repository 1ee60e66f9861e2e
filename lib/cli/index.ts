/** The `fairlead` command, a file for each verb, and the executable that Terraform spawns. Nobody imports this folder. */
export {};
