import { createHash } from "node:crypto";
import { type KubernetesObject, listAt, objectId, textAt } from "../../kit/objects.ts";
import { type Credentials, fingerprintOf } from "../credentials/derive.ts";
import type { CredentialPlaces } from "../credentials/places.ts";
import { AUTHORITY_CONFIG, entranceOf } from "../ingress/entrance.ts";
import { partOf } from "../ingress/index.ts";
import type { EntranceNames } from "../ingress/names.ts";
import type { IngressSettings } from "../ingress/settings.ts";
import type { Adjustment, PlannedObject } from "../plan.ts";
import { withPodAnnotations } from "../pod-template.ts";
import { configuredAuthservice, redirectUrlOf, withIssuerInReach } from "./authservice.ts";
import { connectorConfiguration } from "./connectors.ts";
import { configuredDex, connectorSecret, withConnectorSecret, withoutPassword } from "./dex.ts";
import type { SignOnNames } from "./names.ts";
import { adminEmailOf, type AuthSettings } from "./settings.ts";

export interface AuthOptions {
  readonly auth: AuthSettings;
  readonly ingress: IngressSettings;
  readonly credentials: Pick<Credentials, "fingerprintKey">;
  /** What the release calls the objects that this changes. */
  readonly release: AuthRelease;
}

export interface AuthRelease {
  readonly signOn: SignOnNames;
  readonly entrance: Pick<EntranceNames, "ingressDeployment" | "ingressNamespace">;
  readonly credentials: Pick<CredentialPlaces, "users">;
}

/** Annotation of a pod that reads its configuration once: what that was. */
const CONFIGURATION_ANNOTATION = "kubeflow-on-pulumi/configuration";
const CONNECTORS_ANNOTATION = "kubeflow-on-pulumi/connectors";

/**
 * Sign-on at the public host: Dex behind it, connectors with their secrets in a Secret, the administrator of the
 * settings in place of the public one, whose profile is left out. Follows the adjustment that puts the platform's passwords in.
 */
export function authAdjustment({ auth, ingress, credentials, release }: AuthOptions): Adjustment {
  const { signOn: names } = release;
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
    [names.dexConfig]: (object) => configuredDex(object, dex),
    [names.dexSecret]: (object) =>
      auth.passwordLogin ? object : withoutPassword(object, release.credentials.users.variable),
    [names.dexDeployment]: (object) =>
      hasSecrets
        ? withPodAnnotations(withConnectorSecret(object), {
            [CONNECTORS_ANNOTATION]: fingerprintOf(credentials.fingerprintKey, JSON.stringify(environment)),
          })
        : object,
    [names.authserviceConfig]: (object) => configuredAuthservice(object, entrance),
    [names.authserviceWorkload]: (object, all) =>
      withIssuerInReach(object, entrance, proxyImage(all, release.entrance.ingressDeployment)),
  };
  /** Dex and the authservice read their configuration when they start. */
  const configuredBy = {
    [names.dexDeployment]: [names.dexConfig],
    [names.authserviceWorkload]: [
      names.authserviceConfig,
      `ConfigMap ${release.entrance.ingressNamespace}/${AUTHORITY_CONFIG}`,
    ],
  };
  return (objects) => {
    const changed = objects
      // The administrator's profile is made like everybody's.
      .filter(({ object }) => !names.firstProfile.includes(objectId(object)))
      .map(({ object, part }) => ({ object: changes[objectId(object)]?.(object, objects) ?? object, part }));
    const part = partOf(objects, names.dexDeployment);
    const added = hasSecrets ? [{ object: connectorSecret(environment, "auth"), part }] : [];
    return [...restartedOnChange(changed, configuredBy), ...added];
  };
}

/** The image of the ingress gateway's proxy, which the platform pulls anyway. */
function proxyImage(objects: readonly PlannedObject[], ingressDeployment: string): string {
  const gateway = objects.find(({ object }) => objectId(object) === ingressDeployment)?.object;
  const image = textAt(listAt(gateway, "spec", "template", "spec", "containers")[0], "image");
  if (image === undefined) throw new RangeError(`the release has no ${ingressDeployment}`);
  return image;
}

function restartedOnChange(
  objects: readonly PlannedObject[],
  configuredBy: Readonly<Record<string, readonly string[]>>,
): PlannedObject[] {
  return objects.map(({ object, part }) => {
    const ids = configuredBy[objectId(object)];
    if (ids === undefined) return { object, part };
    const read = objects.filter((other) => ids.includes(objectId(other.object)));
    const configuration = JSON.stringify(read.map((other) => other.object["data"]));
    const digest = createHash("sha256").update(configuration).digest("hex").slice(0, 16);
    return { object: withPodAnnotations(object, { [CONFIGURATION_ANNOTATION]: digest }), part };
  });
}
