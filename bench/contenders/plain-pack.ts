import { PolicyPack } from "@pulumi/policy";
import { packOf } from "../../policies/engine/pack.ts";

// The same policies in an ordinary list, which the engine walks in the ordinary way.
const { name, args, initialConfig } = packOf("");
const policies = Array.from({ length: args.policies.length }, (_, index) => args.policies[index]).flatMap(
  (policy) => policy ?? [],
);
new PolicyPack(name, { ...args, policies }, initialConfig);
