import { load } from "js-yaml";
import { beforeAll, describe, expect, it } from "vitest";
import { at, listAt, objectId, textAt } from "../../../../components/kit/objects.ts";
import { authSettings } from "../../../../components/kubeflow/auth/settings.ts";
import { type SignOn, signOn } from "../../../kit/sign-on.ts";

const AUTHSERVICE = "StatefulSet.apps istio-system/oidc-authservice";
const github = {
  type: "github",
  id: "github",
  name: "GitHub",
  config: { clientID: "public", clientSecret: 'se"cr$et', orgs: [{ name: "kubeflow" }] },
};
const ldap = {
  type: "ldap",
  id: "directory",
  name: "Directory",
  config: { host: "ldap.kubeflow.org:636", bindPW: "bind-secret", userSearch: { filter: "(cost=$5)" } },
};
const dexConfig = ({ find }: SignOn) => load(textAt(find("ConfigMap auth/dex"), "data", "config.yaml") ?? "");
const problems = (input: unknown) =>
  (authSettings.safeParse(input).error?.issues ?? []).map(({ path }) => path.join("."));

let platform: SignOn;
let connected: SignOn;

beforeAll(async () => {
  platform = await signOn();
  connected = await signOn({ auth: { connectors: [github, ldap] } });
});

describe("Dex", () => {
  it("calls itself by the public name, and so does all that asks it", () => {
    const issuer = "https://kubeflow.internal/dex";
    const callback = "https://kubeflow.internal/authservice/oidc/callback";
    expect(textAt(dexConfig(platform), "issuer")).toBe(issuer);
    expect(at(dexConfig(platform), "staticClients", 0, "redirectURIs")).toEqual([callback]);
    const parameters = platform.find("ConfigMap istio-system/oidc-authservice-parameters");
    expect(textAt(parameters, "data", "OIDC_PROVIDER")).toBe(issuer);
    expect(textAt(parameters, "data", "REDIRECT_URL")).toBe(callback);
    expect(at(parameters, "data", "OIDC_AUTH_URL")).toBeUndefined();
  });

  it("knows the administrator of the settings, and nobody from the manifests", async () => {
    expect(listAt(dexConfig(platform), "staticPasswords")).toEqual([
      { email: "admin@kubeflow.internal", username: "admin", userID: "admin", hashFromEnv: "DEX_USER_PASSWORD" },
    ]);
    const { find } = await signOn({ auth: { admin: "ada@kubeflow.org" } });
    expect(find("Profile.kubeflow.org kubeflow-user-example-com")).toBeUndefined();
    expect(platform.objects.filter((object) => JSON.stringify(object).includes("user@example.com"))).toEqual([]);
  });

  it("tells no more in its log than it must", () => {
    expect(textAt(dexConfig(platform), "logger", "level")).toBe("info");
  });

  it("forgets the password where connectors are enough", async () => {
    const connectors = [github];
    const closed = await signOn({ auth: { passwordLogin: false, connectors } });
    expect(at(dexConfig(closed), "enablePasswordDB")).toBe(false);
    expect(at(dexConfig(closed), "staticPasswords")).toBeUndefined();
    expect(at(closed.find("Secret auth/dex-oidc-client"), "stringData", "DEX_USER_PASSWORD")).toBeUndefined();
  });
});

describe("connectors", () => {
  it("are passed through, told where to send the browser back to", () => {
    expect(listAt(dexConfig(connected), "connectors")).toEqual([
      {
        ...github,
        config: {
          redirectURI: "https://kubeflow.internal/dex/callback",
          clientID: "public",
          clientSecret: "${CONNECTOR_0_0}",
          orgs: [{ name: "kubeflow" }],
        },
      },
      {
        ...ldap,
        config: {
          host: "ldap.kubeflow.org:636",
          bindPW: "${CONNECTOR_1_1}",
          userSearch: { filter: "${CONNECTOR_1_2}" },
        },
      },
    ]);
  });

  it("keep their secrets in a Secret that Dex reads, as Dex will expand them into JSON", () => {
    const secret = connected.find("Secret auth/dex-connectors");
    expect(secret?.["stringData"]).toEqual({
      CONNECTOR_0_0: 'se\\"cr$et',
      CONNECTOR_1_1: "bind-secret",
      CONNECTOR_1_2: "(cost=$5)",
    });
    const container = at(connected.find("Deployment.apps auth/dex"), "spec", "template", "spec", "containers", 0);
    expect(listAt(container, "envFrom")).toContainEqual({ secretRef: { name: "dex-connectors" } });
    for (const value of ["cr$et", "bind-secret"]) {
      const holders = connected.objects.filter((object) => JSON.stringify(object).includes(value)).map(objectId);
      expect(holders, value).toEqual(["Secret auth/dex-connectors"]);
    }
  });

  it("restart Dex when a secret of theirs changes", async () => {
    const changed = await signOn({
      auth: { connectors: [github, { ...ldap, config: { ...ldap.config, bindPW: "another" } }] },
    });
    const annotations = ({ find }: SignOn) =>
      at(find("Deployment.apps auth/dex"), "spec", "template", "metadata", "annotations");
    expect(annotations(changed)).not.toEqual(annotations(connected));
    expect(dexConfig(changed)).toEqual(dexConfig(connected));
  });

  it("are those that are safe behind this gateway, each with an id of its own", () => {
    expect(problems({ connectors: [{ ...github, type: "authproxy" }] })).toEqual(["connectors.0.type"]);
    expect(problems({ connectors: [github, github] })).toEqual(["connectors.1.id"]);
    expect(problems({ connectors: [{ ...github, id: "local" }] })).toEqual(["connectors.0.id"]);
    expect(problems({ passwordLogin: false })).toEqual(["passwordLogin"]);
  });
});

describe("the authservice", () => {
  const template = ({ find }: SignOn) => at(find(AUTHSERVICE), "spec", "template", "spec");

  it("reaches the public name through the gateway, whatever DNS says, and trusts the platform's authority", () => {
    const spec = template(platform);
    expect(listAt(spec, "hostAliases")).toEqual([{ ip: "127.0.0.1", hostnames: ["kubeflow.internal"] }]);
    expect(listAt(spec, "containers").map((container) => textAt(container, "name"))).toEqual([
      "authservice",
      "issuer-forwarder",
    ]);
    expect(listAt(spec, "volumes")).toContainEqual({
      name: "issuer-authority",
      secret: { secretName: "kubeflow-ingress-tls", items: [{ key: "ca.crt", path: "ca.crt" }] },
    });
    const mounts = listAt(spec, "containers", 0, "volumeMounts").map((mount) => textAt(mount, "mountPath"));
    const bundle = textAt(platform.find("ConfigMap istio-system/oidc-authservice-parameters"), "data", "CA_BUNDLE");
    expect(mounts).toContain(bundle?.replace(/\/ca\.crt$/, ""));
  });

  it("trusts what everybody trusts where the certificate is a public one", async () => {
    const ingress = { host: "kubeflow.kubeflow.org", tls: { mode: "acme", acme: { email: "ops@kubeflow.org" } } };
    const open = await signOn({ ingress });
    const parameters = open.find("ConfigMap istio-system/oidc-authservice-parameters");
    expect(at(parameters, "data", "CA_BUNDLE")).toBeUndefined();
    expect(JSON.stringify(template(open))).not.toContain("issuer-authority");
  });

  it("asks nobody to sign in for Dex's own pages only", () => {
    const parameters = platform.find("ConfigMap istio-system/oidc-authservice-parameters");
    expect(textAt(parameters, "data", "SKIP_AUTH_URLS")).toBe("/dex/");
  });

  it("waits for the way to Dex: certificate, gateway, route, Dex itself", () => {
    for (const id of [
      "Certificate.cert-manager.io istio-system/kubeflow-ingress",
      "Gateway.networking.istio.io kubeflow/kubeflow-gateway",
      "VirtualService.networking.istio.io auth/dex",
      "Deployment.apps istio-system/istio-ingressgateway",
      "Deployment.apps auth/dex",
    ]) {
      expect(platform.waveOf(id), id).toBeLessThan(platform.waveOf(AUTHSERVICE));
    }
  });
});
