/** How many more pulls a registry gives, as Docker Hub tells with every manifest. */
export interface Allowance {
  readonly pulls: number;
  /** Seconds for which it gives so many; undefined where it does not say. */
  readonly window: number | undefined;
}

/** Reads `76;w=21600`; undefined for what is none. */
export function allowanceFrom(header: string | undefined): Allowance | undefined {
  const [, pulls, window] = /^(\d+)(?:;w=(\d+))?\s*$/.exec(header ?? "") ?? [];
  if (pulls === undefined) return undefined;
  return { pulls: Number(pulls), window: window === undefined ? undefined : Number(window) };
}

/** What is wrong where more is wanted than a registry gives; undefined where it is enough. Each platform counts as a pull. */
export function shortage(host: string, wanted: number, allowance: Allowance | undefined): string | undefined {
  if (allowance === undefined || wanted <= allowance.pulls) return undefined;
  const { pulls, window } = allowance;
  const within = window === undefined ? "" : ` within ${Math.round(window / 360) / 10} h`;
  return `${host} gives ${pulls} more pulls${within}, at least ${wanted} are wanted: docker login ${host} gives more`;
}
