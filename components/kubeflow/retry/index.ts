import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { backoffSeconds, classify } from "./classify.ts";

/**
 * A hook that repeats what fails only because the platform is still coming up: by class of error, with back-off, until
 * `deadlineSeconds` after an object's first failure. Each attempt says what it waits for.
 */
export function retryHook(name: string, deadlineSeconds: number): pulumi.ErrorHook {
  const firstFailure = new Map<string, number>();
  return new pulumi.ErrorHook(name, async ({ urn, name: resource, errors }) => {
    const failure = classify(errors[0] ?? "");
    if (failure.kind === "final") return false;
    const since = firstFailure.get(urn) ?? Date.now();
    firstFailure.set(urn, since);
    const delay = backoffSeconds(errors.length);
    const elapsed = (Date.now() - since) / 1000;
    if (elapsed + delay > deadlineSeconds) {
      await pulumi.log.error(
        `${resource} still waits for ${failure.waitingFor} after ${deadlineSeconds} s (release.deadline)`,
      );
      return false;
    }
    await pulumi.log.info(`${resource} waits for ${failure.waitingFor}; next attempt in ${delay} s`);
    await sleep(delay * 1000);
    return true;
  });
}
