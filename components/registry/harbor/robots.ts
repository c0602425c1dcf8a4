import type { AirGapSettings } from "../../kubeflow/air-gap/settings.ts";
import type { Rotation } from "../../kubeflow/credentials/labels.ts";
import { derivePassword } from "../../settings/passwords.ts";
import { harborOf, type HarborSettings } from "./settings.ts";

/** A robot account of a project: what it is called there, and what it may do to images. */
export type RobotName = "pull" | "push";

/** What a robot signs in with. Plain text: whoever puts it into a resource makes it a Pulumi secret. */
export interface RobotAccount {
  /** As Harbor writes it, with a `$` that shells read: `robot$kubeflow+pull`. */
  readonly username: string;
  readonly password: string;
}

/** Harbor wants a capital, a small letter and a digit in it; one stack in 270 would derive a password without a digit. */
const EVERY_CLASS = "Aa1";

/** Derived from the stack secret, as all passwords: known before Harbor is, and the same in every run. */
export function robotOf(
  name: RobotName,
  { registry, harbor }: { readonly registry: string; readonly harbor: HarborSettings },
  secret: string,
  rotation: Rotation,
): RobotAccount {
  const label = `registry/${name}` as const;
  return {
    username: `${harbor.robotPrefix}${harborOf(registry).project}+${name}`,
    password: derivePassword(secret, label, rotation[label]) + EVERY_CLASS,
  };
}

/**
 * The settings with the robot that pulls as `pullSecret`, where there is a project of Harbor's to make. `secret` is
 * undefined in a preview, which shows none.
 */
export function withPullRobot<T extends AirGapSettings | undefined>(
  airGap: T,
  secret: string | undefined,
  rotation: Rotation,
): T {
  if (airGap?.harbor === undefined) return airGap;
  const { registry, harbor } = airGap;
  return { ...airGap, pullSecret: robotOf("pull", { registry, harbor }, secret ?? "", rotation) };
}
