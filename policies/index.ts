import { readFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import path from "node:path";
import { PolicyPack } from "@pulumi/policy";
import { packOf } from "./engine/pack.ts";
import { readRequestsDirectly } from "./engine/requests.ts";

readRequestsDirectly();

// The engine starts the pack in its own folder.
const exemptions = readFileSync(path.join(process.cwd(), "exemptions.yaml"), "utf8");
const { name, args, initialConfig } = packOf(exemptions);
new PolicyPack(name, args, initialConfig);

// Engines end packs by a signal, before which Node.js would not have written what it has compiled.
setImmediate(flushCompileCache);
