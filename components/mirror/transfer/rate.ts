import { setTimeout as sleep } from "node:timers/promises";

/** Waits shorter than this, in milliseconds, are not worth a timer; they add up in the next one. */
const SHORTEST = 10;

/** Keeps all streams together below so many bytes a second. */
export class Rate {
  readonly #bytesPerSecond: number;
  #until = 0;

  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Milliseconds from `now` on after which more may come than these bytes. */
  wait(bytes: number, now: number): number {
    this.#until = Math.max(this.#until, now) + (bytes / this.#bytesPerSecond) * 1000;
    return this.#until - now;
  }

  /** Resolves once more may come; undefined where it may at once. */
  took(bytes: number): Promise<void> | undefined {
    const milliseconds = this.wait(bytes, performance.now());
    return milliseconds < SHORTEST ? undefined : sleep(milliseconds);
  }
}
