import { z } from "zod";
import { bytesOf, SIZE_PATTERN } from "../../kit/units.ts";
import { parseReference } from "../../kubeflow/images/reference.ts";
import { managedRegistryOf } from "../kinds.ts";

/** What Harbor counts quotas in. */
const GIBIBYTE = 2 ** 30;

/** Harbor's own rule; a reference allows more. */
const PROJECT_NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

const administrator = z.strictObject({
  username: z.string().min(1).describe("a user of Harbor that may make projects, such as admin"),
  password: z.string().min(1).describe("its password; set it with --secret"),
});

const retention = z.strictObject({
  days: z.int().min(1).max(36_500).describe("a number of days, from 1 on"),
  schedule: z.enum(["daily", "weekly"]).default("daily"),
});

/** `airGap.harbor`: a project of a Harbor that is there, with accounts for those who pull from it and push to it. */
export const harborSettings = z.strictObject({
  /** Undefined: HARBOR_USERNAME and HARBOR_PASSWORD of whoever runs Pulumi. */
  administrator: administrator.optional(),
  /** Undefined: as much as there is. */
  quota: z.string().regex(SIZE_PATTERN).describe("a size such as 64 GB or 1.5 TB").optional(),
  scan: z.boolean().describe("true (what is pushed is scanned) or false").default(true),
  preventVulnerable: z.enum(["low", "medium", "high", "critical"]).optional(),
  contentTrust: z.enum(["cosign", "notation"]).optional(),
  immutableTags: z.boolean().describe("true (what a tag means never changes) or false").default(true),
  retention: retention.optional(),
  pushRobot: z.boolean().describe("true (an account that may push is made, too) or false").default(false),
  robotPrefix: z.string().min(1).max(64).describe("Harbor's Robot Name Prefix").default("robot$"),
});

export type HarborSettings = z.infer<typeof harborSettings>;

/** Paths of these settings that hold secrets, at or below them. */
export const HARBOR_SECRETS = ["airGap.harbor.administrator"] as const;

/** Where Harbor is, and its project, as the name of a registry says: `harbor.example.com/kubeflow`. */
export function harborOf(registry: string): { readonly url: string; readonly project: string | undefined } {
  const { host, path } = parseReference(`${registry}/image`);
  const [project] = path.split("/").slice(0, -1);
  return { url: `https://${host}`, project };
}

/** A quota in what the provider takes, whole gibibytes, none of it lost; -1 is Harbor's word for no limit. */
export function quotaOf(size: string | undefined): number {
  return size === undefined ? -1 : Math.ceil(bytesOf(size) / GIBIBYTE);
}

/** What of `airGap` a project of Harbor has to agree with. */
interface Surroundings {
  readonly registry: string;
  readonly create?: boolean | undefined;
  readonly distribution?: object | undefined;
  readonly pullSecret?: object | undefined;
  readonly harbor: HarborSettings;
}

interface Problem {
  /** Within `airGap`. */
  readonly path: readonly string[];
  /** What it must be. */
  readonly message: string;
}

/** Why no project can be made in Harbor for a registry of this name with these settings. Pure. */
export function harborProblems({ registry, create, distribution, pullSecret, harbor }: Surroundings): Problem[] {
  const { project } = harborOf(registry);
  const isManaged = managedRegistryOf(registry) !== undefined;
  return [
    ...problem(
      isManaged || create === true || distribution !== undefined,
      ["harbor"],
      `left out: ${isManaged ? `${registry} is a name of a registry that a cloud runs` : "airGap.create or airGap.distribution makes another registry"}`,
    ),
    ...problem(
      project === undefined || !PROJECT_NAME.test(project),
      ["registry"],
      `the host of Harbor and a project's name (lower-case letters and digits, with single dots, dashes or underscores between), such as ${registry.split("/")[0]}/kubeflow`,
    ),
    ...problem(
      pullSecret !== undefined,
      ["pullSecret"],
      "left out: a robot account that may pull is made with the project",
    ),
    ...problem(
      harbor.retention !== undefined && harbor.immutableTags,
      ["harbor", "immutableTags"],
      "false with airGap.harbor.retention: Harbor never removes what a tag that cannot move names",
    ),
    ...problem(
      harbor.preventVulnerable !== undefined && !harbor.scan,
      ["harbor", "scan"],
      "true with airGap.harbor.preventVulnerable: Harbor then hands out nothing that it has not scanned",
    ),
  ];
}

function problem(isOne: boolean, path: readonly string[], message: string): Problem[] {
  return isOne ? [{ path, message }] : [];
}
