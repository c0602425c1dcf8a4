import { createHash } from "node:crypto";
import { type KubernetesObject, listAt, objectId, textAt } from "../../kit/objects.ts";
import { type Credentials, fingerprintOf } from "../credentials/derive.ts";
import { AUTHORITY_CONFIG, entranceOf } from "../ingress/entrance.ts";
import { partOf } from "../ingress/index.ts";
import type { IngressSettings } from "../ingress/settings.ts";
import type { Adjustment, PlannedObject } from "../plan.ts";
import { withPodAnnotations } from "../pod-template.ts";
import { entrance181 as release } from "../releases/1.8.1/entrance.ts";
import { configuredAuthservice, redirectUrlOf, withIssuerInReach } from "./authservice.ts";
import { connectorConfiguration } from "./connectors.ts";
import { configuredDex, connectorSecret, withConnectorSecret, withoutPassword } from "./dex.ts";
import { adminEmailOf, type AuthSettings } from "./settings.ts";

export interface AuthOptions {
  readonly auth: AuthSettings;
  readonly ingress: IngressSettings;
  readonly credentials: Pick<Credentials, "fingerprintKey">;
}

/** Annotation of a pod that reads its configuration once: what that was. */
const CONFIGURATION_ANNOTATION = "kubeflow-on-pulumi/configuration";
const CONNECTORS_ANNOTATION = "kubeflow-on-pulumi/connectors";

/**
 * Sign-on at the public host: Dex behind it, connectors with their secrets in a Secret, the administrator of the
 * settings in place of the public one, whose profile is left out. Follows the adjustment that puts the platform's passwords in.
 */
export function authAdjustment({ auth, ingress, credentials }: AuthOptions): Adjustment {
  const entrance = entranceOf(ingress);
  const admin = adminEmailOf(auth, entrance.host);
  const { connectors, environment } = connectorConfiguration(auth.connectors, entrance.issuer);
  const hasSecrets = Object.keys(environment).length > 0;
  const dex = {
    ...entrance,
    redirectUrl: redirectUrlOf(entrance),
    admin,
    passwordLogin: auth.passwordLogin,
    connectors,
  };

  const changes: Readonly<
    Record<string, (object: KubernetesObject, all: readonly PlannedObject[]) => KubernetesObject>
  > = {
    [release.dexConfig]: (object) => configuredDex(object, dex),
    [release.dexSecret]: (object) => (auth.passwordLogin ? object : withoutPassword(object)),
    [release.dexDeployment]: (object) =>
      hasSecrets
        ? withPodAnnotations(withConnectorSecret(object), {
            [CONNECTORS_ANNOTATION]: fingerprintOf(credentials.fingerprintKey, JSON.stringify(environment)),
          })
        : object,
    [release.authserviceConfig]: (object) => configuredAuthservice(object, entrance),
    [release.authserviceWorkload]: (object, all) => withIssuerInReach(object, entrance, proxyImage(all)),
  };
  return (objects) => {
    const changed = objects
      // The administrator's profile is made like everybody's.
      .filter(({ object }) => !release.firstProfile.includes(objectId(object)))
      .map(({ object, part }) => ({ object: changes[objectId(object)]?.(object, objects) ?? object, part }));
    const part = partOf(objects, release.dexDeployment);
    const added = hasSecrets ? [{ object: connectorSecret(environment, "auth"), part }] : [];
    return [...restartedOnChange(changed), ...added];
  };
}

/** The image of the ingress gateway's proxy, which the platform pulls anyway. */
function proxyImage(objects: readonly PlannedObject[]): string {
  const gateway = objects.find(({ object }) => objectId(object) === release.ingressDeployment)?.object;
  const image = textAt(listAt(gateway, "spec", "template", "spec", "containers")[0], "image");
  if (image === undefined) throw new RangeError(`the release has no ${release.ingressDeployment}`);
  return image;
}

/** Dex and the authservice read their configuration when they start. */
const CONFIGURED_BY: Readonly<Record<string, readonly string[]>> = {
  [release.dexDeployment]: [release.dexConfig],
  [release.authserviceWorkload]: [
    release.authserviceConfig,
    `ConfigMap ${release.ingressNamespace}/${AUTHORITY_CONFIG}`,
  ],
};

function restartedOnChange(objects: readonly PlannedObject[]): PlannedObject[] {
  return objects.map(({ object, part }) => {
    const ids = CONFIGURED_BY[objectId(object)];
    if (ids === undefined) return { object, part };
    const read = objects.filter((other) => ids.includes(objectId(other.object)));
    const configuration = JSON.stringify(read.map((other) => other.object["data"]));
    const digest = createHash("sha256").update(configuration).digest("hex").slice(0, 16);
    return { object: withPodAnnotations(object, { [CONFIGURATION_ANNOTATION]: digest }), part };
  });
}
