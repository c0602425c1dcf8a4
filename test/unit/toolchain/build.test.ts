import { readFile, utimes } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { describe, expect, it, vi } from "vitest";
import { explainBuildFailure } from "../../../toolchain/build-failures.ts";
import { locate, obtain } from "../../../toolchain/index.ts";
import { newMachine } from "./machine.ts";

describe("a build from the pinned modules", () => {
  it("is reproducible: pinned flags, whatever the user's Go is set to", async () => {
    const machine = await newMachine();
    await machine.installGo("1.34.4");
    const env = { ...machine.env, GOFLAGS: "-tags=other", GOWORK: "/elsewhere/go.work", CGO_ENABLED: "1" };
    const [found] = await locate(["kube-scheduler"], { env, report: (line) => machine.reports.push(line) });
    expect(found).toMatchObject({ version: "1.34.4", origin: "build", from: "built with go1.99.0" });
    const [build] = await machine.builds();
    expect(build).toContain(
      "-trimpath -ldflags=-s -w -X k8s.io/component-base/version.gitVersion=v1.34.4" +
        " -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=34",
    );
    expect(build).toContain("k8s.io/kubernetes/cmd/kube-scheduler CGO_ENABLED=0 GOFLAGS=-mod=readonly GOWORK=off");
    expect(machine.reports[0]).toBe("building kube-scheduler with go1.99.0 (about 1 minute on 2 cores, once)");
  });

  it("that does not report the pinned version is refused", async () => {
    const machine = await newMachine();
    await machine.installGo("5.8.0");
    await expect(obtain(["kustomize"], { env: machine.env })).rejects.toThrow(
      "kustomize (built with go1.99.0) reports version 5.8.0, not the pinned 5.8.1",
    );
    expect(await machine.cached()).toEqual([]);
  });

  it("is done once by two runs at a time, and the other says that it waits", async () => {
    const machine = await newMachine();
    await machine.installGo("5.8.1");
    const report = (line: string) => void machine.reports.push(line);
    const [first, second] = await Promise.all([
      obtain(["kustomize"], { env: machine.env, report }),
      obtain(["kustomize"], { env: machine.env, report }),
    ]);
    expect(second).toEqual(first);
    expect(await machine.builds()).toHaveLength(1);
    expect(machine.reports).toContain("kustomize 5.8.1: another run is obtaining it, waiting for that");
  });
});

describe("no way to build", () => {
  it("without Go and downloads: every reason and the next step", async () => {
    const machine = await newMachine();
    await expect(obtain(["etcd", "kubectl"], { env: machine.env })).rejects.toThrow(
      "there is no way to obtain etcd 3.6.5, kubectl 1.34.4:\n" +
        "  - downloads are switched off (KUBEFLOW_DOWNLOADS=off)\n" +
        "  - no Go is on PATH to build from source\n" +
        "  Next: install Go",
    );
  });

  it("with a Go too old to know about toolchains", async () => {
    const machine = await newMachine();
    const go = await machine.script("go", "echo go1.20.3");
    await expect(obtain(["kubectl"], { env: machine.env })).rejects.toThrow(
      `${go} is Go 1.20.3: too old, 1.24.0 or newer is needed\n  Next: install Go 1.24.0 or newer`,
    );
  });

  it("with a Go that may not fetch a newer one", async () => {
    const machine = await newMachine();
    const complaint = "go: go.mod requires go >= 1.24.0 (running go 1.22.1; GOTOOLCHAIN=local)";
    const go = await machine.script("go", `echo "${complaint}" >&2; exit 1`);
    await expect(obtain(["kubectl"], { env: machine.env })).rejects.toThrow(`${go} is Go 1.22.1: too old`);
  });
});

describe("a failed build", () => {
  it("shows the last lines of its output and leaves nothing", async () => {
    const machine = await newMachine();
    await machine.script(
      "go",
      `if [ "$1" = env ]; then echo go1.99.0; exit; fi
echo "go: downloading example.com/a v1.0.0" >&2
echo "example.com/package" >&2
echo "x.go:1:2: undefined: y" >&2
exit 1`,
    );
    await expect(obtain(["kustomize"], { env: machine.env })).rejects.toThrow(
      "building kustomize 5.8.1 failed: go build ended with an error\n  | x.go:1:2: undefined: y\n  Next: ",
    );
    expect(await machine.cached()).toEqual([]);
  });

  it.for([
    ["write /tmp/x: no space left on device", "the disk is full"],
    ["verifying a@v1: checksum mismatch\nSECURITY ERROR", "a downloaded module is not the one that go.sum pins"],
    ['Get "https://proxy.example/a": dial tcp: lookup proxy.example: no such host', "Go modules cannot be downloaded"],
    ["k8s.io/api/core/v1: compile: signal: killed", "the memory ran out"],
    ["open /go/pkg/mod/cache: permission denied", "Go cannot write its caches"],
    ["x.go:1:2: undefined: y", "go build ended with an error"],
  ] as const)("is explained: %s", ([output, cause]) => {
    expect(explainBuildFailure(output)).toMatchObject({ cause, next: expect.stringMatching(/\w/) as string });
  });
});

/** A Go whose build tells its process id and then takes for ever, in a process of its own as compilers are. */
const ENDLESS = `if [ "$1" = env ]; then echo go1.99.0; exit; fi
sh -c 'echo $$ >"$0"; exec sleep 600' "$HOME/compiler.pid"`;

async function compilerOf(folder: string): Promise<number> {
  return vi.waitFor(
    async () => {
      const pid = Number(await readFile(path.join(folder, "compiler.pid"), "utf8"));
      if (!(pid > 0)) throw new Error("the build has not begun");
      return pid;
    },
    { timeout: 20_000, interval: 20 },
  );
}

/** Resolves once no process has this id. */
async function ended(pid: number): Promise<void> {
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow("ESRCH"), { timeout: 20_000, interval: 20 });
}

describe("an interrupted build", () => {
  it("ends its compilers and leaves nothing", async () => {
    const machine = await newMachine();
    await machine.script("go", ENDLESS);
    const abort = new AbortController();
    const attempt = obtain(["kustomize"], { env: machine.env, signal: abort.signal });
    const compiler = await compilerOf(machine.folder);
    abort.abort(new Error("enough"));
    await expect(attempt).rejects.toThrow("enough");
    await ended(compiler);
    expect(await machine.cached()).toEqual([]);
  });

  it("stops waiting for another run at once", async () => {
    const machine = await newMachine();
    await machine.script("go", ENDLESS);
    const [builder, waiter] = [new AbortController(), new AbortController()];
    const building = obtain(["kustomize"], { env: machine.env, signal: builder.signal });
    const compiler = await compilerOf(machine.folder);
    const report = (line: string) => void (line.endsWith("waiting for that") && waiter.abort());
    const waiting = obtain(["kustomize"], { env: machine.env, signal: waiter.signal, report });
    await expect(waiting).rejects.toThrow("abort");
    builder.abort();
    await expect(building).rejects.toThrow("abort");
    await ended(compiler);
  });

  it("by a kill: compilers end, and the next run does not take the rest for whole", async () => {
    const machine = await newMachine();
    await machine.script("go", ENDLESS);
    const program = 'import { obtain } from "./toolchain/index.ts"; await obtain(["kustomize"]);';
    const victim = execa(process.execPath, ["--input-type=module-typescript", "--eval", program], {
      cwd: path.resolve(import.meta.dirname, "../../.."),
      env: machine.env,
      extendEnv: false,
      reject: false,
    });
    const compiler = await compilerOf(machine.folder);
    victim.kill("SIGKILL");
    await victim;
    await ended(compiler);

    const left = await machine.cached();
    expect(left).toHaveLength(2);
    const lock = left.find((name) => name.endsWith(".lock"));
    await utimes(path.join(machine.folder, "cache/kubeflow-on-pulumi/toolchain", lock ?? ""), 0, 0);
    await machine.installGo("5.8.1");
    const { kustomize } = await obtain(["kustomize"], { env: machine.env });
    expect((await execa(kustomize)).stdout).toBe("v5.8.1");
    expect(await machine.cached()).toHaveLength(1);
  });
});
