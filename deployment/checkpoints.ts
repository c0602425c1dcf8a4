/** What decides whether Pulumi may leave out the checkpoints that it otherwise writes around every resource. */
export interface Situation {
  /** As `pulumi whoami --json` names it: `https://api.pulumi.com`, `file://~`, `s3://bucket`. */
  readonly backend: string;
  /** Whether everything in the stack can be adopted by the next run if the state of this one is lost. */
  readonly adoptable: boolean;
  /** Asked for by the user. */
  readonly fast: boolean;
}

export interface Decision {
  /** Added to Pulumi's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** For people. */
  readonly remarks: readonly string[];
}

const SKIP = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };

/**
 * A state in a file or a bucket is written whole around every resource, which costs minutes with 640 of them; Pulumi
 * Cloud keeps a journal instead. Without checkpoints an interrupted run forgets what it made: Kubernetes objects are
 * adopted by the next run, resources of a cloud are not.
 */
export function decideCheckpoints({ backend, adoptable, fast }: Situation): Decision {
  if (isJournaling(backend)) return { env: {}, remarks: [] };
  if (adoptable) {
    return {
      env: SKIP,
      remarks: [
        "state without checkpoints: an interrupted run is taken up by the next one, which adopts what it finds",
      ],
    };
  }
  if (fast) {
    return {
      env: SKIP,
      remarks: [
        "WARNING: state without checkpoints (--fast): if this run is interrupted, cloud resources that it made must be imported or removed by hand",
      ],
    };
  }
  return {
    env: {},
    remarks: [
      `the state in ${backend} is written around every resource, which takes minutes; a journaling backend (Pulumi Cloud) does not, and --fast leaves it out at a risk`,
    ],
  };
}

function isJournaling(backend: string): boolean {
  return /^https?:\/\//.test(backend);
}
