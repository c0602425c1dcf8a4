import { memoryState, run, type ResourceRecord } from "../../rehearsal/host/index.ts";
import { UNKNOWN_SENTINEL } from "../../rehearsal/host/signatures.ts";
import { revealAll } from "../../rehearsal/host/values.ts";
import type { Provider } from "../../rehearsal/providers/provider.ts";
import { PROGRAM, readStack } from "../../rehearsal/stack.ts";
import { PROJECT, type Settings } from "../../components/settings/parse.ts";
import { UserError } from "../../components/kit/errors.ts";
import type { Resource } from "../resource.ts";
import { viewOf } from "../view.ts";
import type { Target } from "./targets.ts";

export interface PreviewedStack {
  readonly settings: Settings;
  readonly resources: readonly Resource[];
}

/** What the program would register for a target, without credentials or a cluster. Throws UserError where it fails. */
export async function previewTarget({ environment, cloud }: Target, signal: AbortSignal): Promise<PreviewedStack> {
  const { config, settings } = await readStack({ environment, cloud });
  const { failures, resources } = await run({
    program: PROGRAM,
    project: PROJECT,
    stack: environment,
    config,
    preview: true,
    providers: new Map([["kubernetes", takesEverything]]),
    state: memoryState(),
    signal,
  });
  signal.throwIfAborted();
  if (failures.length > 0) throw new UserError(failures.map(({ message }) => message).join("\n"));
  return { settings, resources: resources.map(resourceOf) };
}

/** A resource of the host as rules see it. */
export function resourceOf({ type, name, urn, inputs, options, parent }: ResourceRecord): Resource {
  const { protect = false, ignoreChanges = [] } = options;
  return viewOf({
    ...{ type, name, urn, properties: revealAll(inputs, UNKNOWN_SENTINEL) },
    options: { protect, ignoreChanges, ...(parent !== undefined && { parent }) },
  });
}

function takesEverything(): Provider {
  return {
    configure: () => Promise.resolve(),
    check: ({ newInputs }) => Promise.resolve({ inputs: newInputs, failures: [] }),
    diff: () => Promise.resolve({ changes: false, replaces: [] }),
    create: ({ urn, inputs }) => Promise.resolve({ id: urn, outputs: inputs }),
    update: ({ id, newInputs }) => Promise.resolve({ id, outputs: newInputs }),
    read: ({ inputs }) => Promise.resolve(inputs),
    delete: () => Promise.resolve(),
  };
}
