import { describe, expect, it } from "vitest";
import { descendantsOf, parseStat, type ProcessStat } from "../../../bench/harness/processes.ts";

const process = (pid: number, parent: number): ProcessStat => ({ pid, parent, ownCpuSeconds: 0, waitedCpuSeconds: 0 });

describe("a line of /proc/<pid>/stat", () => {
  it("is read whatever the command is called", () => {
    const line = "4242 (a (bad) name) S 17 4242 17 0 -1 4194304 9 9 0 0 150 50 300 25 20 0 11 0 1 1 1";
    expect(parseStat(line)).toEqual({ pid: 4242, parent: 17, ownCpuSeconds: 2, waitedCpuSeconds: 3.25 });
  });
});

describe("the descendants of a process", () => {
  it("are its children and theirs, not itself and not its siblings", () => {
    const processes = [process(1, 0), process(10, 1), process(11, 1), process(100, 10), process(1000, 100)];
    expect(descendantsOf(10, processes).map(({ pid }) => pid)).toEqual([100, 1000]);
  });
});
