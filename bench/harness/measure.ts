import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../components/kit/errors.ts";
import { descendantsBytes, descendantsCpuSeconds } from "./processes.ts";

/** What some work took. CPU and memory are those of all processes below this one: the work's and the control plane's. */
export interface Measurement {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

const SAMPLE_MS = 250;

/**
 * Measures `work`, which runs in processes of its own; those in `except` run beside it. Throws UserError where there is no
 * /proc to read.
 */
export async function measure(
  work: () => Promise<void>,
  { except = [] }: { readonly except?: readonly number[] } = {},
): Promise<Measurement> {
  if (process.platform !== "linux") {
    throw new UserError("CPU and memory are read from /proc, which this system does not have", { next: "use Linux" });
  }
  const cpuBefore = await descendantsCpuSeconds(except);
  const sampler = samplePeak(except);
  const began = performance.now();
  try {
    await work();
    const seconds = (performance.now() - began) / 1000;
    return { seconds, cpuSeconds: (await descendantsCpuSeconds(except)) - cpuBefore, peakBytes: await sampler.stop() };
  } finally {
    await sampler.stop();
  }
}

function samplePeak(except: readonly number[]): { stop(): Promise<number> } {
  let peak = 0;
  let isStopped = false;
  const sampling = (async () => {
    while (!isStopped) {
      peak = Math.max(peak, await descendantsBytes(except));
      await sleep(SAMPLE_MS);
    }
  })();
  return {
    async stop() {
      isStopped = true;
      await sampling;
      return peak;
    },
  };
}
