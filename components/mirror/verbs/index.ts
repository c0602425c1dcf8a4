import type { Command } from "commander";
import { bundleVerb } from "./bundle.ts";
import { doctorVerb } from "./doctor.ts";
import { listVerb } from "./list.ts";
import { lockVerb } from "./lock.ts";
import { rewriteVerb } from "./rewrite.ts";

/** In the order of the help. */
export const verbs: readonly ((program: Command) => void)[] = [listVerb, lockVerb, rewriteVerb, bundleVerb, doctorVerb];
