import type { Environment } from "../../settings/environments.ts";
import type { Adjustment } from "../plan.ts";
import { each } from "../plan.ts";
import { sizing181 } from "../releases/1.8.1/sizing.ts";
import { withResources } from "./containers.ts";
import { drainableBudgets } from "./disruption.ts";
import { withProxyResources } from "./proxies.ts";
import { resourcesOf } from "./sizing.ts";
import { withStepExecutor } from "./step-executor.ts";
import { changedTrialTemplates } from "./user-templates.ts";

export interface ResourcesOptions {
  readonly environment: Environment;
}

/**
 * Requests and limits for everything that the platform runs and offers to users as a template, by the sizing table of its release, and budgets that let
 * nodes be drained. Throws RangeError for a container that the table does not know.
 */
export function resourcesAdjustment({ environment }: ResourcesOptions): Adjustment {
  const sized = each((object) =>
    withStepExecutor(
      withProxyResources(withResources(object, sizing181, environment), sizing181, environment),
      sizing181.stepExecutor,
    ),
  );
  const resources = resourcesOf(sizing181.trial[environment]);
  const trials = each((object) => changedTrialTemplates(object, (container) => ({ resources, ...container })));
  return (objects) => drainableBudgets(trials(sized(objects)));
}
