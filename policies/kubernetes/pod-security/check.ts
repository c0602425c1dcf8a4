import type { Step } from "../../reading.ts";
import type { Subject } from "../../resource.ts";
import type { ContainerSubject, PodTemplateSubject } from "../pod-templates.ts";

export type PodSecurityLevel = "baseline" | "restricted";

/** Minor of the version of the standard: 31 is v1.31. */
export type Minor = number;

/** One thing that a level does not allow. */
export interface Breach {
  /** Relative to what was looked at. */
  readonly path: readonly Step[];
  /** Ends the sentence "<pod or container> ...". */
  readonly message: string;
  /** What was looked at, where that is not what the check was asked about. */
  readonly subject?: Subject;
}

/**
 * A control of the Pod Security Standards. It is asked of the pod and of each container on its own, so that a value that
 * is unknown in one hides nothing in another; a pod is allowed when none of them answers.
 */
export interface PodSecurityCheck {
  /** Of upstream's admission. */
  readonly id: string;
  readonly level: PodSecurityLevel;
  /** First version of the standard that has it. @default all that are supported */
  readonly since?: Minor;
  /** The check of the baseline that it takes the place of in the level restricted. */
  readonly overrides?: string;
  readonly pod?: (pod: PodTemplateSubject, version: Minor) => readonly Breach[];
  readonly container?: (container: ContainerSubject, version: Minor) => readonly Breach[];
}
