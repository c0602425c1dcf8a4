/** How far a transfer is, told in lines for people. */
export class Tally {
  readonly #report: (line: string) => void;
  readonly #began = performance.now();
  readonly #total: { readonly bytes: number; readonly images: number };
  #bytes = 0;
  #images = 0;
  #toldAt = 0;

  /** `total` is what is to be transferred; content that is there already is no part of it. */
  constructor(total: { readonly bytes: number; readonly images: number }, report: (line: string) => void) {
    this.#total = total;
    this.#report = report;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Negative where what arrived turned out to be wrong. */
  addBytes(count: number): void {
    this.#bytes += count;
    const now = performance.now();
    if (now < this.#toldAt + MILLISECONDS_BETWEEN_LINES) return;
    this.#toldAt = now;
    this.#report(this.line((now - this.#began) / 1000));
  }

  addImage(): void {
    this.#images += 1;
  }

  /** `1.2 of 3.4 GB, 35 %, 120 MB/s, 18 s left, 45 of 90 images`; images where they are counted. */
  line(seconds: number): string {
    const { bytes, images } = this.#total;
    const rate = this.#bytes / Math.max(seconds, 0.001);
    const share = bytes === 0 ? 100 : Math.floor((this.#bytes / bytes) * 100);
    const left = rate > 0 ? [`${duration((bytes - this.#bytes) / rate)} left`] : [];
    return [
      `${formatBytes(this.#bytes)} of ${formatBytes(bytes)}`,
      `${share} %`,
      `${formatBytes(rate)}/s`,
      ...left,
      ...(images > 0 ? [`${this.#images} of ${images} images`] : []),
    ].join(", ");
  }
}

const MILLISECONDS_BETWEEN_LINES = 200;
const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** Decimal, as disks and networks are sold: `1.2 GB`. */
export function formatBytes(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const value = bytes / 1000 ** step;
  return `${value >= 100 || step === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[step] ?? "B"}`;
}

function duration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
