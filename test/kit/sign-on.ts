import { authAdjustment } from "../../components/kubeflow/auth/index.ts";
import { authSettings } from "../../components/kubeflow/auth/settings.ts";
import { withCredentials } from "../../components/kubeflow/credentials/apply.ts";
import { credentialsFrom } from "../../components/kubeflow/credentials/derive.ts";
import { ingressAdjustment } from "../../components/kubeflow/ingress/index.ts";
import { ingressSettings } from "../../components/kubeflow/ingress/settings.ts";
import { type KubernetesObject, objectId } from "../../components/kit/objects.ts";
import { each, type Plan, planInstall } from "../../components/kubeflow/plan.ts";
import { releases } from "../../components/kubeflow/releases/index.ts";
import { repaired } from "../../components/kubeflow/repairs/index.ts";
import { realRelease } from "./release.ts";

/** The real v1.8.1 with an entrance and a sign-on. */
export interface SignOn {
  readonly plan: Plan;
  readonly objects: readonly KubernetesObject[];
  /** Undefined where there is none. */
  readonly find: (id: string) => KubernetesObject | undefined;
  /** Position of the wave; throws where no wave holds it. */
  readonly waveOf: (id: string) => number;
}

export async function signOn(settings: { ingress?: unknown; auth?: unknown } = {}): Promise<SignOn> {
  const credentials = credentialsFrom("0123456789abcdef0123456789abcdef");
  const ingress = ingressSettings.parse(settings.ingress ?? {});
  const auth = authSettings.parse(settings.auth ?? {});
  const release = releases["1.8.1"];
  const adjustments = [
    each(repaired),
    each((object) => withCredentials(object, credentials, release.credentials)),
    ingressAdjustment(ingress, release.entrance),
    authAdjustment({ auth, ingress, credentials, release }),
  ];
  const plan = planInstall(release, await realRelease(), adjustments);
  const objects = plan.waves.flat();
  const byId = new Map(objects.map((object) => [objectId(object), object]));
  return {
    plan,
    objects,
    find: (id) => byId.get(id),
    waveOf: (id) => {
      const wave = plan.waves.findIndex((members) => members.some((member) => objectId(member) === id));
      if (wave < 0) throw new Error(`${id} is in no wave`);
      return wave;
    },
  };
}
