import type { Levels } from "./rule.ts";

/** How strict every rule of hygiene is: the one switch for all of them (then `npm run policy -- docs`). */
export const HYGIENE: Levels = { dev: "advisory", prod: "advisory", airgapped: "advisory" };
