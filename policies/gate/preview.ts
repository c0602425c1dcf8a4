import { UNKNOWN_SENTINEL } from "../../rehearsal/host/signatures.ts";
import { revealAll } from "../../rehearsal/host/values.ts";
import { previewStack } from "../../rehearsal/preview/preview.ts";
import type { ResourceRecord } from "../../rehearsal/host/index.ts";
import type { Settings } from "../../components/settings/parse.ts";
import type { Resource } from "../resource.ts";
import { viewOf } from "../view.ts";
import { stackOptionsOf, type Target } from "./targets.ts";

export interface PreviewedStack {
  readonly settings: Settings;
  readonly resources: readonly Resource[];
}

export interface TargetOptions {
  readonly signal?: AbortSignal;
  /** A stack file whose settings replace those of the stack. */
  readonly configFile?: string;
  /** The folder of the program. @default this project's */
  readonly directory?: string;
}

/** What the program would register for a target, without credentials or a cluster. Throws UserError where it fails. */
export async function previewTarget(target: Target, options: TargetOptions): Promise<PreviewedStack> {
  const { stack, resources } = await previewStack({ ...stackOptionsOf(target), ...options });
  return { settings: stack.settings, resources: resources.map(resourceOf) };
}

/** A resource of the host as rules see it. */
export function resourceOf({ type, name, urn, inputs, options, parent }: ResourceRecord): Resource {
  const { protect = false, ignoreChanges = [] } = options;
  return viewOf({
    ...{ type, name, urn, properties: revealAll(inputs, UNKNOWN_SENTINEL) },
    options: { protect, ignoreChanges, ...(parent !== undefined && { parent }) },
  });
}
