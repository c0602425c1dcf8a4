/** What a suffix of a Kubernetes quantity multiplies by. */
const SUFFIXES: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

const PATTERN = /^([0-9]+(?:\.[0-9]+)?|\.[0-9]+)([a-zA-Z]*)$/;

/**
 * The number that a Kubernetes quantity stands for (`500m` is 0.5, `1Gi` is 1073741824). Throws RangeError for what is
 * none.
 */
export function quantityOf(text: string): number {
  const [, digits = "", suffix = ""] = PATTERN.exec(text) ?? [];
  const factor = SUFFIXES[suffix];
  if (digits === "" || factor === undefined)
    throw new RangeError(`${JSON.stringify(text)} is not a quantity such as "64Gi"`);
  const value = Number(digits) * factor;
  // In thousandths, the least that a quantity can tell apart; whole numbers stay as they are.
  return Number.isInteger(value) ? value : Math.round(value * 1000) / 1000;
}

/** CPUs as Kubernetes writes them, to the millicore: `1500m`, `2`. */
export function cpuQuantity(cpus: number): string {
  const millicores = Math.ceil(roundedOff(cpus * 1000));
  return millicores % 1000 === 0 ? String(millicores / 1000) : `${millicores}m`;
}

/** Bytes as Kubernetes writes them, in the largest decimal unit that leaves them whole: `64G`, `800M`. */
export function bytesQuantity(bytes: number): string {
  const whole = Math.ceil(roundedOff(bytes));
  const unit = (["T", "G", "M", "k"] as const).find((suffix) => whole % (SUFFIXES[suffix] ?? 1) === 0);
  return whole === 0 || unit === undefined ? String(whole) : `${whole / (SUFFIXES[unit] ?? 1)}${unit}`;
}

/** Without what binary fractions add, which rounding up would take for more. */
function roundedOff(value: number): number {
  return Number.isInteger(value) ? value : Math.round(value * 1e6) / 1e6;
}
