import type { Command } from "commander";

/** Adds one verb to the command line. */
export type Verb = (program: Command) => void;

/** In the order of the help. Each is loaded only where it is asked for: some need the program, others nothing but HTTP. */
export const verbs: Readonly<Record<string, () => Promise<Verb>>> = {
  list: async () => (await import("./list.ts")).listVerb,
  lock: async () => (await import("./lock.ts")).lockVerb,
  pull: async () => (await import("./pull.ts")).pullVerb,
  export: async () => (await import("./export.ts")).exportVerb,
  import: async () => (await import("./import.ts")).importVerb,
  push: async () => (await import("./push.ts")).pushVerb,
  verify: async () => (await import("./verify.ts")).verifyVerb,
  diff: async () => (await import("./diff.ts")).diffVerb,
  inventory: async () => (await import("./inventory.ts")).inventoryVerb,
  gc: async () => (await import("./gc.ts")).gcVerb,
  rewrite: async () => (await import("./rewrite.ts")).rewriteVerb,
  containerd: async () => (await import("./containerd.ts")).containerdVerb,
  bundle: async () => (await import("./bundle.ts")).bundleVerb,
  doctor: async () => (await import("./doctor.ts")).doctorVerb,
};
