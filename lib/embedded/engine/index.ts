/** Engines: what runs instances. An engine knows images and addresses, no database and no forwards. */

export { builtInImages } from "./built-in-images";
export type { Limits } from "./limits";
export type { Engine, Machine, MachineState } from "./machine";
export { type ProcessEngineOptions, processEngine } from "./process-engine";
export type { ProcessImage } from "./process-image";
