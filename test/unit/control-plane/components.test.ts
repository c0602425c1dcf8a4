import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import {
  argumentsOf,
  COMPONENTS,
  configurationFiles,
  environmentIn,
  FILES,
} from "../../../rehearsal/control-plane/components.ts";

describe.each(COMPONENTS)("%s", (component) => {
  const args = argumentsOf(component, 12345);

  it("names files by short relative paths", () => {
    for (const argument of args) expect(argument).not.toMatch(/=\//);
  });

  it("listens on nothing but the loopback address and sockets", () => {
    for (const argument of args.filter((text) => /--(bind-address|listen|secure-port)/.test(text))) {
      expect(argument).toMatch(/=(127\.0\.0\.1|unix:\/\/.+|0|12345)$/);
    }
  });

  it("gets no proxy and no home of the user's", () => {
    const environment = environmentIn("/state/dev");
    expect(environment["HOME"]).toBe("/state/dev");
    expect(Object.keys(environment).filter((name) => /proxy|^PATH$/i.test(name))).toEqual([]);
  });
});

describe("the API server", () => {
  it("reaches everything in the cluster through the stand-ins' socket", () => {
    expect(argumentsOf("kube-apiserver", 1)).toContain(`--egress-selector-config-file=${FILES.egress}`);
    const egress = load(configurationFiles()[FILES.egress] ?? "") as {
      egressSelections: { name: string; connection: object }[];
    };
    expect(egress.egressSelections.find(({ name }) => name === "cluster")?.connection).toEqual({
      proxyProtocol: "HTTPConnect",
      transport: { uds: { udsName: FILES.proxySocket } },
    });
  });
});
