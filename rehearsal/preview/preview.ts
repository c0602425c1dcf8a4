import { cloudOf } from "../../components/cluster/clouds.ts";
import type { ClusterPlan } from "../../components/cluster/contract.ts";
import { UserError } from "../../components/kit/errors.ts";
import { PROJECT } from "../../components/settings/parse.ts";
import { type HostResult, memoryState, run } from "../host/index.ts";
import { previewProviders } from "../providers/index.ts";
import { PROGRAM, readStack, type Stack, type StackOptions } from "../stack.ts";

export interface PreviewOptions extends StackOptions {
  readonly signal?: AbortSignal;
  readonly report?: (line: string) => void;
}

/** What a stack would be on a cloud where nothing of it is yet. */
export interface Preview {
  readonly stack: Stack;
  readonly plan: ClusterPlan;
  readonly resources: HostResult["resources"];
  readonly outputs: HostResult["outputs"];
}

/**
 * Runs the program as a preview of a stack's first run, with everything checked and nothing reached: no credentials, no
 * state. Throws UserError for settings that cannot be met, before the program starts, and for a program that fails.
 */
export async function previewStack(options: PreviewOptions): Promise<Preview> {
  const stack = await readStack(options);
  const { environment, cloud, cluster } = stack.settings;
  const plan = cloudOf(cloud).plan(cluster);
  let registered = 0;
  const { resources, outputs, failures } = await run({
    program: options.directory ?? PROGRAM,
    project: PROJECT,
    stack: environment,
    config: stack.config,
    preview: true,
    providers: previewProviders(),
    state: memoryState(),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onEvent: ({ type }) => {
      if (type === "created") options.report?.(`${(registered += 1)} resources`);
    },
  });
  options.signal?.throwIfAborted();
  if (failures.length > 0) throw failed(failures);
  return { stack, plan, resources, outputs };
}

function failed(failures: HostResult["failures"]): UserError {
  const lines = failures.map(({ urn, message }) =>
    urn === "" ? message : `${urn.split("::").slice(2).join(" ")}: ${message}`,
  );
  return new UserError(["the preview failed:", ...lines.map((line) => `  ${line}`)].join("\n"));
}
