import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { backoffSeconds } from "./backoff.ts";
import { classify } from "./classify.ts";
export { type WavePlace, whatIsHeldBack } from "./held-back.ts";

/**
 * A hook for objects that are applied together. It repeats what fails only because the platform is still coming up: by class of
 * error, with back-off, until `deadlineSeconds` after an object's first failure. What is waited for is said once a cause,
 * and so is the `consequence` of an object that is given up; the engine itself tells each object's error.
 */
export function retryHook(name: string, consequence: string, deadlineSeconds: number): pulumi.ErrorHook {
  const firstFailure = new Map<string, number>();
  const say = sayingOnce();
  return new pulumi.ErrorHook(name, async ({ urn, type, name: resource, errors }) => {
    const object = `${type.slice(type.lastIndexOf(":") + 1)} ${resource}`;
    const { isFinal, waitingFor = "" } = classify(errors[0] ?? "");
    const since = firstFailure.get(urn) ?? Date.now();
    firstFailure.set(urn, since);
    const pause = backoffSeconds(errors.length, deadlineSeconds);
    if (isFinal || (Date.now() - since) / 1000 + pause > deadlineSeconds) {
      const inVain = `still waits for ${waitingFor} after ${deadlineSeconds} s (release.deadline)`;
      await say.error(waitingFor, `${object} ${waitingFor === "" ? "failed" : inVain}; ${consequence}`);
      return false;
    }
    await say.info(waitingFor, `${object} waits for ${waitingFor}, at most ${deadlineSeconds} s (release.deadline)`);
    await sleep(pause * 1000);
    return true;
  });
}

/** The log of the stack, with one line a severity and cause: dozens of objects may wait for the same. */
function sayingOnce() {
  const lines = { info: new Map<string, Promise<void>>(), error: new Map<string, Promise<void>>() };
  const once = (severity: "info" | "error") => (cause: string, line: string) => {
    // Whoever comes second waits for the line too: an engine that is told of a failure may stop listening.
    const said = lines[severity].get(cause) ?? pulumi.log[severity](line);
    lines[severity].set(cause, said);
    return said;
  };
  return { info: once("info"), error: once("error") };
}
