import { awsMutants } from "./aws.ts";
import { choiceMutants } from "./choices.ts";
import { digitaloceanMutants } from "./digitalocean.ts";
import { gcpMutants } from "./gcp.ts";
import { hygieneMutants } from "./hygiene.ts";
import { kubernetesMutants } from "./kubernetes.ts";
import { mlMutants } from "./ml.ts";
import type { Mutant } from "./mutant.ts";
import { podMutants } from "./pods.ts";

/** Every change that a rule must find. */
export const mutants: readonly Mutant[] = [
  ...[...kubernetesMutants, ...podMutants, ...hygieneMutants, ...mlMutants, ...choiceMutants],
  ...[...awsMutants, ...gcpMutants, ...digitaloceanMutants],
];
