import { describe, expect, it } from "vitest";
import { parseMinor } from "../../../toolchain/kubernetes-option.ts";
import { KUBERNETES } from "../../../toolchain/pins.ts";

describe("--kubernetes", () => {
  it.each(Object.keys(KUBERNETES))("takes %s", (minor) => {
    expect(parseMinor(minor)).toBe(minor);
  });

  it.each(["1.31", "1.32"])("refuses %s and says why, though clusters may have it", (minor) => {
    const patch = { "1.31": "v0.31.14", "1.32": "v0.32.13" }[minor] ?? "";
    expect(() => parseMinor(minor)).toThrow(
      `Kubernetes ${minor} is for clusters that exist; it cannot be rehearsed, for the Go module proxy does not serve ` +
        `k8s.io/endpointslice ${patch}, without which its control plane cannot be built. There is 1.33, 1.34, 1.35 and 1.36.`,
    );
  });

  it.each(["1.7", "1.34.4", "", "latest"])("refuses %j with those that there are", (text) => {
    expect(() => parseMinor(text)).toThrow(/^There is 1\.33, 1\.34, 1\.35 and 1\.36\.$/);
  });
});
