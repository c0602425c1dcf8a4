import { type KubernetesObject, labelsAt, listAt, textAt } from "../../kit/objects.ts";
import type { Entrance } from "../ingress/entrance.ts";
import { withPodTemplate } from "../pod-template.ts";
import { issuerForwarder } from "./issuer-forwarder.ts";

/** Path below the host at which a sign-on ends. */
const CALLBACK_PATH = "/authservice/oidc/callback";
const AUTHORITY_VOLUME = "issuer-authority";
const AUTHORITY_FOLDER = "/etc/issuer-authority";

export function redirectUrlOf({ url }: Entrance): string {
  return `${url}${CALLBACK_PATH}`;
}

/**
 * The authservice's parameters. The address that it asks Dex at must be the very text that Dex calls itself
 * (go-oidc compares them), so both are the public one; where the browser goes then follows from Dex's discovery.
 */
export function configuredAuthservice(object: KubernetesObject, entrance: Entrance): KubernetesObject {
  const { OIDC_AUTH_URL: _, ...parameters } = labelsAt(object, "data");
  return {
    ...object,
    data: {
      ...parameters,
      OIDC_PROVIDER: entrance.issuer,
      REDIRECT_URL: redirectUrlOf(entrance),
      SKIP_AUTH_URLS: ["/dex/", ...(entrance.challengePath === undefined ? [] : [entrance.challengePath])].join(","),
      SESSION_SAME_SITE: "Lax",
      ...(entrance.authority === undefined ? {} : { CA_BUNDLE: `${AUTHORITY_FOLDER}/ca.crt` }),
    },
  };
}

/** The authservice with a way to the public host from inside the cluster, and the authority to trust there. */
export function withIssuerInReach(object: KubernetesObject, entrance: Entrance, proxyImage: string): KubernetesObject {
  const { authority, host } = entrance;
  return withPodTemplate(object, (template) => {
    const { spec } = template;
    const containers = listAt(spec, "containers").map((container) =>
      authority !== undefined && textAt(container, "name") === "authservice" ? mounted(container as object) : container,
    );
    const volumes = [...listAt(spec, "volumes"), ...(authority === undefined ? [] : [authorityVolume(authority)])];
    const security = spec["securityContext"] as object;
    return {
      ...template,
      spec: {
        ...spec,
        // The forwarder listens on 443 of the pod alone, as a user without rights.
        securityContext: { ...security, sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }] },
        hostAliases: [{ ip: "127.0.0.1", hostnames: [host] }],
        containers: [...containers, issuerForwarder(proxyImage)],
        volumes,
      },
    };
  });
}

function mounted(container: object): object {
  const mount = { name: AUTHORITY_VOLUME, mountPath: AUTHORITY_FOLDER, readOnly: true };
  return { ...container, volumeMounts: [...listAt(container, "volumeMounts"), mount] };
}

/** Of the certificate's Secret the authority only: its key stays with the gateway. */
function authorityVolume({ kind, name }: NonNullable<Entrance["authority"]>): object {
  const items = [{ key: "ca.crt", path: "ca.crt" }];
  return kind === "Secret"
    ? { name: AUTHORITY_VOLUME, secret: { secretName: name, items } }
    : { name: AUTHORITY_VOLUME, configMap: { name, items } };
}
