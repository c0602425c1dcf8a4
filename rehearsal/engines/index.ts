import type { Engine } from "./engine.ts";

export type { EngineResult } from "./engine.ts";

/** What can run the program. Loaded when asked for: the Automation API alone takes a second. */
export const engines = {
  local: async (): Promise<Engine> => (await import("./local.ts")).localEngine,
  pulumi: async (): Promise<Engine> => {
    const { pulumiEngine, requireCli } = await import("./pulumi.ts");
    await requireCli();
    return pulumiEngine;
  },
} as const;

export type EngineName = keyof typeof engines;
