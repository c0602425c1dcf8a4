import { UserError } from "../../../components/kit/errors.ts";

const TOKEN = /^kubernetes:(?:core\/)?((?:[a-z0-9.-]+\/)?v\d[a-z0-9]*):([A-Z]\w*)$/;
/** Parts of the real provider that are no kinds of the API server. */
const NO_KIND = /^kubernetes:(helm\.sh|yaml|kustomize)|(?:Patch|List)$/;

/**
 * What `kubernetes:apps/v1:Deployment` stands for; `core/v1` is `v1`. Throws UserError for Helm releases, patches and
 * lists, which the rehearsal does not have.
 */
export function kindOf(type: string): { readonly apiVersion: string; readonly kind: string } {
  const match = NO_KIND.test(type) ? null : TOKEN.exec(type);
  const [, apiVersion, kind] = match ?? [];
  if (apiVersion !== undefined && kind !== undefined) return { apiVersion, kind };
  throw new UserError(`the rehearsal's Kubernetes provider does not support ${type}`, {
    next: "register single objects as kubernetes:<group/version>:<Kind>, or use the real engine for this program",
  });
}
