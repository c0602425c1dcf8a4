import { describe, expect, it } from "vitest";
import { pinOf, type Tool } from "../../../toolchain/pins.ts";
import { acceptedVersions, isAccepted, versionIn } from "../../../toolchain/version.ts";

const pin = (tool: Tool) => pinOf(tool, "1.34", { os: "linux", arch: "amd64" });

describe("versionIn", () => {
  it.each([
    ["Kubernetes v1.34.4", "1.34.4"],
    ["Client Version: v1.34.4\nKustomize Version: v5.7.1", "1.34.4"],
    ["etcd Version: 3.6.5\nGit SHA: Not provided\nGo Version: go1.26.8", "3.6.5"],
    ["kwok version v0.7.0 go1.26.8 (linux/amd64)", "0.7.0"],
    ["v5.8.1", "5.8.1"],
    ["{Version:kustomize/v4.5.7 GitCommit:56d8 BuildDate:2022-08-02T16:35:54Z}", "4.5.7"],
    ["Kubernetes v1.34.4-gke.100", "1.34.4-gke.100"],
    ["Client Version: v1.34.4+k3s1", "1.34.4+k3s1"],
    ["(devel)", undefined],
    ["", undefined],
  ])("reads %j", (output, version) => {
    expect(versionIn(output)).toBe(version);
  });
});

describe("isAccepted", () => {
  it.each<[Tool, string, boolean]>([
    ["kubectl", "1.34.4", true],
    ["kubectl", "1.34.3", false],
    ["kubectl", "1.34.40", false],
    ["kube-apiserver", "1.34.4+k3s1", false],
    ["kustomize", "5.4.2", false],
    ["kustomize", "5.4.3", true],
    ["kustomize", "5.10.0", true],
    ["kustomize", "5.10.0-rc.1", false],
    ["kustomize", "6.0.0", false],
    ["kustomize", "10.0.0", false],
    ["etcd", "3.6.12", true],
    ["etcd", "3.5.21", false],
    ["kwok", "0.8.0", false],
  ])("%s %s: %s", (tool, version, expected) => {
    expect(isAccepted(version, pin(tool))).toBe(expected);
  });

  it("is told in words", () => {
    expect(acceptedVersions(pin("kubectl"))).toBe("1.34.4");
    expect(acceptedVersions(pin("kustomize"))).toBe("5.4.3 or newer, below 6.0.0");
  });
});
