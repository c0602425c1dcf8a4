import { fingerprintOf } from "../../kubeflow/credentials/derive.ts";
import { bcryptHash } from "../../kubeflow/credentials/password-hash.ts";
import { derivePassword } from "../../settings/passwords.ts";

/** What the registry signs in by and signs with. Plain text: whoever puts it into a resource makes it a Pulumi secret. */
export interface RegistrySecrets {
  /** Lines of an htpasswd file. */
  readonly accounts: string;
  /** Key of the tokens of uploads that go on after a restart. */
  readonly http: string;
  /** Changes with a text that pods read at their start, and tells nothing of it. */
  readonly fingerprint: (text: string) => string;
}

/** Cost of the hash. The registry computes it at each request, and every node that pulls sends many. */
const BCRYPT_COST = 8;

/** Derived from the stack secret, so that another run changes nothing. */
export function registrySecretsFrom(
  secret: string,
  { username, password }: { readonly username: string; readonly password: string },
): RegistrySecrets {
  const salt = derivePassword(secret, "registry/salt");
  const key = derivePassword(secret, "registry/fingerprint");
  return {
    accounts: `${username}:${bcryptHash(password, salt, BCRYPT_COST)}\n`,
    http: derivePassword(secret, "registry/http"),
    fingerprint: (text) => fingerprintOf(key, text),
  };
}
