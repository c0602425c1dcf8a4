import type { Environment } from "../../settings/environments.ts";
import type { Adjustment } from "../plan.ts";
import { each } from "../plan.ts";
import { withResources } from "./containers.ts";
import { drainableBudgets } from "./disruption.ts";
import { withProxyResources } from "./proxies.ts";
import { resourcesOf, type SizingTable } from "./sizing.ts";
import { withStepExecutor } from "./step-executor.ts";
import { changedTrialTemplates } from "./user-templates.ts";

export interface ResourcesOptions {
  readonly environment: Environment;
  /** Of the release. */
  readonly sizing: SizingTable;
}

/**
 * Requests and limits for everything that the platform runs and offers to users as a template, by the sizing table of its
 * release, and budgets that let nodes be drained. Throws RangeError for a container that the table does not know.
 */
export function resourcesAdjustment({ environment, sizing }: ResourcesOptions): Adjustment {
  const sized = each((object) =>
    withStepExecutor(
      withProxyResources(withResources(object, sizing, environment), sizing, environment),
      sizing.stepExecutor,
    ),
  );
  const resources = resourcesOf(sizing.trial[environment]);
  const trials = each((object) => changedTrialTemplates(object, (container) => ({ resources, ...container })));
  return (objects) => drainableBudgets(trials(sized(objects)));
}
