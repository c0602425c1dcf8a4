import { z } from "zod";
import { catalogueOf, machineOf } from "../cloud/machines.ts";
import { type NodePoolSubject, nodePools } from "../cloud/node-pools.ts";
import type { Stack } from "../resource.ts";
import { stackRule } from "../rule.ts";
import { wholeStack } from "../subjects.ts";

const HOURS_A_MONTH = 730;

export const costBudget = stackRule({
  id: "ml-cost-budget",
  title: "The nodes cost what was meant to be spent",
  severity: "low",
  why: "A GPU node costs more in a week than the rest of the platform in a month; for fewer than 12 to 15 users a managed service is the cheaper one.",
  remediation: "Lower the number of nodes, let GPU pools begin with none, or raise the budget.",
  url: "https://www.kubecost.com/kubernetes-cost-optimization/",
  frameworks: [],
  levels: { dev: "advisory", prod: "advisory", airgapped: "advisory" },
  checkLevels: {
    budget: { dev: "advisory", prod: "advisory", airgapped: "advisory" },
    unknown: { dev: "advisory", prod: "advisory", airgapped: "advisory" },
  },
  parameters: z.strictObject({
    budgetUsd: z.number().positive().default(18_000).describe("US dollars a month that the nodes should cost at most"),
    users: z.int().min(1).default(10).describe("People who use the platform"),
    breakEvenUsers: z.int().min(1).default(12).describe("Users from which on it is cheaper than a managed service"),
    hardBudgetUsd: z
      .number()
      .positive()
      .optional()
      .describe("US dollars a month that must not be exceeded; set the rule's enforcementLevel to mandatory with it"),
  }),
  subjects: wholeStack,
  checks: {
    budget: (_, { stack, parameters: { budgetUsd, users, breakEvenUsers } }) => {
      const bill = billOf(stack);
      if (bill.known <= budgetUsd) return;
      const alternative = users < breakEvenUsers ? `; below ${breakEvenUsers} users a managed service costs less` : "";
      const message = `${told(bill)}, more than ${dollars(budgetUsd)} for ${users} users${alternative}`;
      return { message, ...blame(bill) };
    },
    hard: (_, { stack, parameters: { hardBudgetUsd } }) => {
      const bill = billOf(stack);
      if (hardBudgetUsd === undefined || bill.known <= hardBudgetUsd) return;
      return {
        message: `${told(bill)}, more than the ${dollars(hardBudgetUsd)} that must not be exceeded`,
        ...blame(bill),
      };
    },
    unknown: function* (_, { stack }) {
      for (const { pool, type } of billOf(stack).unknown) {
        yield {
          message: `nobody here knows what ${type} of ${pool.name} costs; it is not counted`,
          subject: pool,
          path: pool.reader.typesAt,
          fix: `Look its price up and add it to the catalogue (components/cluster/${pool.cloud}/catalogue.ts), with its source.`,
        };
      }
    },
  },
  examples: {
    good: [group("m5.8xlarge", 6)],
    bad: { budget: group("p5.48xlarge", 1), hard: group("p4d.24xlarge", 1), unknown: group("p5e.48xlarge", 1) },
    parameters: { hardBudgetUsd: 15_000 },
  },
});

/** A pool with what it costs in a month. */
interface Item {
  readonly pool: NodePoolSubject;
  readonly type: string;
  readonly monthly: number | undefined;
}

interface Bill {
  readonly known: number;
  readonly items: readonly Item[];
  readonly unknown: readonly Item[];
}

/** The nodes with which the pools begin, at list prices on demand. */
function billOf({ resources }: Stack): Bill {
  const items = resources.flatMap(nodePools).flatMap((pool): Item[] => {
    const { count } = pool.reader.nodes(pool.value);
    // Of several types any may be started: the dearest counts.
    const types = pool.reader.instanceTypes(pool.value).map((type): Item => {
      const price = priceOf(pool, type);
      return { pool, type, monthly: price === undefined ? undefined : price * count * HOURS_A_MONTH };
    });
    return count === 0 ? [] : types.toSorted((a, b) => (b.monthly ?? Infinity) - (a.monthly ?? Infinity)).slice(0, 1);
  });
  return {
    items,
    known: items.reduce((sum, { monthly = 0 }) => sum + monthly, 0),
    unknown: items.filter(({ monthly }) => monthly === undefined),
  };
}

/** Only prices of which the catalogue says where and when they were read. */
function priceOf({ cloud }: NodePoolSubject, type: string): number | undefined {
  if (catalogueOf(cloud).priceSource === "unknown") return undefined;
  const price = machineOf(cloud, type)?.price;
  return price === "unknown" ? undefined : price;
}

function told({ known, items, unknown }: Bill): string {
  const sources = new Set(
    items.map(({ pool }) => {
      const { priceSource } = catalogueOf(pool.cloud);
      return priceSource === "unknown" ? "" : `list prices of ${priceSource.region}, ${priceSource.date}`;
    }),
  );
  const rest = unknown.length === 0 ? "" : `, without ${unknown.map(({ type }) => type).join(", ")}`;
  return `the nodes cost ${dollars(known)} a month (${[...sources].join("; ")})${rest}`;
}

function blame({ items }: Bill) {
  const [dearest] = items.toSorted((a, b) => (b.monthly ?? 0) - (a.monthly ?? 0));
  return { path: dearest?.pool.reader.typesAt ?? [], ...(dearest && { subject: dearest.pool }) };
}

function dollars(amount: number): string {
  return `$${Math.round(amount).toLocaleString("en-US")}`;
}

function group(type: string, nodes: number): string {
  return `
type: aws:eks/nodeGroup:NodeGroup
properties: { instanceTypes: [${type}], scalingConfig: { desiredSize: ${nodes}, minSize: ${nodes}, maxSize: ${nodes} } }
`;
}
