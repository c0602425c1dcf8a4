import { describe, expect, it } from "vitest";
import { MirrorError } from "../../../components/mirror/errors.ts";
import { Interrupted, retryAfterOf } from "../../../components/mirror/registry/failures.ts";
import { Rate } from "../../../components/mirror/transfer/rate.ts";
import { allowanceFrom, shortage } from "../../../components/mirror/registry/allowance.ts";
import { Gate } from "../../../components/mirror/registry/gate.ts";
import { RETRIES, type Retrying, retrying } from "../../../components/mirror/registry/retry.ts";

const context = (more: Partial<Retrying> = {}): Retrying => ({
  host: "registry.example.com",
  gate: new Gate(4),
  retries: { ...RETRIES, base: 0, cap: 0 },
  report: () => undefined,
  ...more,
});

describe("work that is done again", () => {
  it("is given up after six tries in a row", async () => {
    let tries = 0;
    const work = () => {
      tries += 1;
      return Promise.reject(new Interrupted("cut"));
    };
    await expect(retrying(context(), work)).rejects.toThrow("E_NETWORK registry.example.com: cut (6 tries)");
    expect(tries).toBe(6);
  });

  it("is not given up while it gets on", async () => {
    let tries = 0;
    const result = await retrying(context(), (progressed) => {
      tries += 1;
      if (tries % 4 === 0) progressed();
      return tries < 20 ? Promise.reject(new Interrupted("cut")) : Promise.resolve("done");
    });
    expect(result).toBe("done");
  });

  it("is not done again where that cannot help", async () => {
    let tries = 0;
    const work = () => {
      tries += 1;
      return Promise.reject(new MirrorError("E_DIGEST", "wrong"));
    };
    await expect(retrying(context(), work)).rejects.toThrow("E_DIGEST");
    expect(tries).toBe(1);
  });
});

it.each([
  ["120", 120_000],
  ["0", 0],
  ["Thu, 01 Jan 1970 00:01:00 GMT", 50_000],
  ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
  ["soon", undefined],
  [undefined, undefined],
])("Retry-After %s is %s ms from 10 s after the epoch on", (header, milliseconds) => {
  expect(retryAfterOf(header, 10_000)).toBe(milliseconds);
});

describe("the pulls that a registry still gives", () => {
  it.each([
    ["76;w=21600", { pulls: 76, window: 21_600 }],
    ["0", { pulls: 0, window: undefined }],
    ["many", undefined],
    [undefined, undefined],
  ])("%s are read", (header, allowance) => {
    expect(allowanceFrom(header)).toEqual(allowance);
  });

  it("are told where more are wanted, with what gives more", () => {
    const allowance = { pulls: 10, window: 21_600 };
    expect(shortage("docker.io", 10, allowance)).toBeUndefined();
    expect(shortage("docker.io", 99, undefined)).toBeUndefined();
    expect(shortage("docker.io", 11, allowance)).toBe(
      "docker.io gives 10 more pulls within 6 h, at least 11 are wanted: docker login docker.io gives more",
    );
  });
});

describe("a limit of bytes a second", () => {
  it("holds for all that comes, and is not made up for after a pause", () => {
    const rate = new Rate(1_000_000);
    expect(rate.wait(500_000, 1000)).toBe(500);
    // Of another stream, at the same moment.
    expect(rate.wait(250_000, 1000)).toBe(750);
    expect(rate.wait(250_000, 1750)).toBe(250);
    expect(rate.wait(100_000, 60_000)).toBe(100);
  });
});

describe("a gate", () => {
  it("lets in so many at once, in their order", async () => {
    const gate = new Gate(2);
    const order: number[] = [];
    let inside = 0;
    let most = 0;
    await Promise.all(
      [1, 2, 3, 4, 5].map(async (number) => {
        const leave = await gate.enter();
        order.push(number);
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
        leave();
        leave();
      }),
    );
    expect(most).toBe(2);
    expect(order).toEqual([1, 2, 3, 4, 5]);
  });

  it("lets in half as many after a registry asked for patience, and at least one", () => {
    const gate = new Gate(4);
    gate.slowDown(0);
    expect(gate.limit).toBe(2);
    for (let times = 0; times < 5; times++) gate.slowDown(0);
    expect(gate.limit).toBe(1);
  });

  it("lets nobody wait who was interrupted", async () => {
    const gate = new Gate(1);
    await gate.enter();
    const interruption = new AbortController();
    const waiting = gate.enter(interruption.signal);
    interruption.abort(new DOMException("interrupted", "AbortError"));
    await expect(waiting).rejects.toThrow("interrupted");
  });
});
