import { Argument, Command, Option } from "commander";
import { cloudOf } from "../../components/cluster/clouds.ts";
import { type CloudName, CLOUDS, type NodePool } from "../../components/cluster/contract.ts";
import { deviationText } from "../../components/cluster/deviations.ts";
import { gpuStackText } from "../../components/cluster/gpu-stack.ts";
import { runCli } from "../../components/kit/cli.ts";
import { progressFor } from "../../components/kit/progress.ts";
import { table } from "../../components/kit/table.ts";
import { formatSize } from "../../components/kit/units.ts";
import { environments, type Environment } from "../../components/settings/environments.ts";
import type { Glance } from "../../policies/gate/glance.ts";
import { type Preview, previewStack } from "./preview.ts";
import { countsOf, treeOf } from "./tree.ts";

interface Flags {
  readonly cloud?: CloudName;
  readonly region?: string;
  readonly project?: string;
  readonly config?: string;
  readonly policy: boolean;
  readonly json?: boolean;
}

const command = new Command("npm run preview --")
  .description("Shows what a stack would make, cluster and Kubeflow, without credentials and without reaching a cloud")
  .addArgument(new Argument("<stack>", "which stack").choices(Object.keys(environments)))
  .addOption(new Option("--cloud <cloud>", "in place of the setting").choices(CLOUDS))
  .option("--region <region>", "in place of the setting")
  .option("--project <project>", "of Google Cloud, in place of the setting")
  .option("--config <file>", "a stack file whose settings replace those of Pulumi.<stack>.yaml")
  .option("--no-policy", "leave out what the policies find")
  .option("--json", "end with one JSON object on standard output; progress goes to standard error")
  .action(show);

await runCli(command);

async function show(environment: Environment, { config, policy, json = false, ...flags }: Flags): Promise<void> {
  const progress = progressFor({ json });
  const preview = await progress.phase("Preview", (report) =>
    previewStack({ environment, ...flags, ...(config === undefined ? {} : { configFile: config }), report }),
  );
  const policies = policy ? await progress.phase("Policies", () => judge(preview)) : undefined;
  process.stdout.write(json ? `${JSON.stringify(summaryOf(preview, policies))}\n` : textOf(preview, policies));
}

/** Loaded only when it is needed. */
async function judge({ stack, resources }: Preview): Promise<Glance> {
  const { glanceAt } = await import("../../policies/gate/glance.ts");
  return glanceAt(stack.settings, resources);
}

function textOf({ stack, plan, resources }: Preview, policies: Glance | undefined): string {
  const counts = Object.entries(countsOf(resources)).map(([by, count]) => `${by} ${count}`);
  return [
    ...treeOf(resources),
    "",
    poolsOf(plan.pools),
    ...(plan.pools.some(({ purpose }) => purpose === "gpu")
      ? [`GPUs: ${gpuStackText(cloudOf(stack.settings.cloud).gpu)}`]
      : []),
    ...plan.deviations.map((deviation) => `Deviation: ${deviationText(deviation)}`),
    ...plan.warnings.map((warning) => `Warning: ${warning}`),
    ...(policies === undefined ? [] : policyLines(policies)),
    `${resources.length} resources: ${counts.join(", ")}`,
    "",
  ].join("\n");
}

function policyLines({ mandatory, advisory, exempt, worst }: Glance): string[] {
  const more = mandatory > worst.length ? [`  ... and ${mandatory - worst.length} more`] : [];
  return [
    `Policies: ${mandatory} mandatory, ${advisory} advisory, ${exempt} exempt (npm run policy tells all of them)`,
    ...worst.map((line) => `  ${line}`),
    ...more,
  ];
}

function poolsOf(pools: readonly NodePool[]): string {
  const rows = pools.map((pool) => [
    pool.name,
    pool.instanceType,
    pool.min === pool.max ? String(pool.count) : `${pool.count} (${pool.min} to ${pool.max})`,
    String(pool.cpu),
    formatSize(pool.memory),
    formatSize(pool.disk),
    pool.gpu === undefined ? "" : `${pool.gpu.count} x ${pool.gpu.family}`,
    pool.zones.join(", "),
  ]);
  return table(["Pool", "Type", "Nodes", "CPU", "Memory", "Disk", "GPUs", "Zones"], rows);
}

function summaryOf({ stack, plan, resources }: Preview, policies: Glance | undefined) {
  const { environment, cloud, cluster } = stack.settings;
  return {
    ok: true,
    environment,
    cloud,
    region: cluster.region,
    resources: resources.map(({ urn, type, name, parent }) => ({ urn, type, name, parent })),
    counts: countsOf(resources),
    pools: plan.pools,
    deviations: plan.deviations,
    warnings: plan.warnings,
    ...(policies && { policies }),
  };
}
