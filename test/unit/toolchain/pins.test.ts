import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { moduleFolder } from "../../../toolchain/modules.ts";
import { KUBERNETES, type KubernetesMinor, pinOf, type Platform, TOOLS } from "../../../toolchain/pins.ts";

const MINORS = Object.keys(KUBERNETES) as KubernetesMinor[];
const PLATFORMS = (["linux", "darwin"] as const).flatMap((os) =>
  (["amd64", "arm64"] as const).map((arch): Platform => ({ os, arch })),
);
const LINUX: Platform = { os: "linux", arch: "amd64" };
const pins = [
  ...new Map(
    MINORS.flatMap((minor) => TOOLS.map((tool) => pinOf(tool, minor, LINUX))).map((pin) => [
      `${pin.module} ${pin.tool}`,
      pin,
    ]),
  ).values(),
];

async function goMod(module: string): Promise<string> {
  const pin = pins.find((one) => one.module === module);
  if (pin === undefined) throw new Error(module);
  return readFile(path.join(moduleFolder(pin), "go.mod"), "utf8");
}

describe("a pin and its Go module agree", () => {
  it.each(pins)("on $tool $version", async (pin) => {
    const text = await goMod(pin.module);
    const required = [...text.matchAll(/^(?:require )?\t?(\S+) (v\S+)$/gm)].map(([, name, version]) => ({
      name,
      version,
    }));
    const own = required.find(({ name }) => name !== undefined && `${pin.package}/`.startsWith(`${name}/`));
    expect(own?.version).toBe(`v${pin.version}`);
    expect(text).toMatch(new RegExp(`^\\t${pin.package}$`, "m"));
  });

  it.each(MINORS)("on every staging module of Kubernetes %s", async (minor) => {
    const replaced = [...(await goMod(`kubernetes-${minor}`)).matchAll(/^\t(k8s\.io\/\S+) => (\S+) (v\S+)$/gm)];
    expect(replaced.length).toBeGreaterThan(25);
    for (const [, from, to, version] of replaced) {
      expect(to).toBe(from);
      expect(version).toBe(KUBERNETES[minor].replace(/^1\./, "v0."));
    }
  });
});

describe("the tools of another Kubernetes", () => {
  it("are the control plane of that version, and the kubectl of the default one", () => {
    const versions = Object.fromEntries(TOOLS.map((tool) => [tool, pinOf(tool, "1.36", LINUX).version]));
    expect(versions).toMatchObject({
      "kube-apiserver": "1.36.3",
      "kube-controller-manager": "1.36.3",
      "kube-scheduler": "1.36.3",
      kubectl: "1.34.4",
    });
  });
});

describe("an official download", () => {
  const all = PLATFORMS.flatMap((platform) => TOOLS.map((tool) => pinOf(tool, "1.34", platform)));

  it("names the version and platform, and has a checksum file on the same host", () => {
    const releases = all.filter((pin) => pin.release !== undefined);
    expect(releases.length).toBeGreaterThan(0);
    for (const { release, version, platform } of releases) {
      const url = new URL(release?.url ?? "");
      expect(url.protocol).toBe("https:");
      expect(url.pathname).toContain(version);
      expect(url.pathname).toContain(platform.os);
      expect(url.pathname).toContain(platform.arch);
      expect(new URL(release?.checksums ?? "").host).toBe(url.host);
    }
  });

  it("exists on Linux for all but kwok, which publishes no checksums", () => {
    const missing = all.filter((pin) => pin.platform.os === "linux" && pin.release === undefined);
    expect(new Set(missing.map((pin) => pin.tool))).toEqual(new Set(["kwok"]));
  });
});
