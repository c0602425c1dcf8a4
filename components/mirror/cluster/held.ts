import { UserError } from "../../kit/errors.ts";
import { accountsWith } from "../../kubeflow/air-gap/index.ts";
import type { AirGapSettings } from "../../kubeflow/air-gap/settings.ts";
import type { RegistryAccount } from "../../kubeflow/images/settings.ts";
import { managedRegistryOf } from "../../registry/kinds.ts";
import { PROJECT } from "../../settings/parse.ts";
import { MirrorError } from "../errors.ts";
import type { ListedImage } from "../list/closed-list.ts";
import { type CredentialSource, storedCredentials } from "../registry/credentials.ts";
import { Registries } from "../registry/index.ts";
import type { Making } from "./required.ts";
import { absentFrom } from "../verify/presence.ts";
import { wantedImage } from "../list/wanted.ts";

/** A registry of the site's own is there or is not: nobody waits for it as for one that limits its users. */
const RETRIES = { attempts: 4, maxWait: 60_000 };

/**
 * Throws UserError naming every image that the mirror does not have as it is locked, and who uses it; or saying that it
 * has none of them, or cannot be asked. `making` is given of a mirror that the same run makes.
 */
export async function assertHeld(
  airGap: AirGapSettings,
  accounts: readonly RegistryAccount[],
  images: readonly ListedImage[],
  making?: Making,
): Promise<void> {
  const { registry, ca } = airGap;
  const isNodesOwn = airGap.pullSecret === undefined && managedRegistryOf(registry) !== undefined;
  const registries = new Registries({
    ...(ca !== undefined && { ca: [ca] }),
    credentials: credentialsFrom(accountsWith(airGap, accounts), isNodesOwn),
    retries: RETRIES,
  });
  const wanted = images.map((image) => wantedImage(image, "the list of images"));
  const absent = await absentFrom(registry, registries, wanted)
    .catch((error: unknown) => {
      throw explained(error, airGap, isNodesOwn, making);
    })
    .finally(() => registries.close());
  if (absent.length === 0) return;
  const next = `npm run mirror -- push <folder> --to ${registry}, then run this again`;
  if (making !== undefined && absent.length === images.length) {
    const message = `airGap.verify: ${registry} is made, and has none of the ${images.length} images of this stack yet; nothing of the platform was applied`;
    throw new UserError(message, { next });
  }
  const lines = absent.map(({ reference, error }) => {
    const [origin] = images.find((image) => image.reference === reference)?.origins ?? [];
    const differs = error instanceof MirrorError && error.code === "E_DIFFERS";
    return `  ${reference} of ${origin?.object ?? ""}${differs ? ": another image than the lock says" : ""}`;
  });
  throw new UserError(
    [`airGap.verify: ${registry} lacks ${absent.length} of the ${images.length} images of this stack:`, ...lines].join(
      "\n",
    ),
    { next },
  );
}

/**
 * Those that the cluster is given, so that what is checked is what will be pulled with. Where nodes pull by what they are
 * to their cloud, nobody else can do that: then those of whoever runs this, as for `push`.
 */
function credentialsFrom(accounts: readonly RegistryAccount[], isNodesOwn: boolean): CredentialSource {
  const own = storedCredentials(process.env);
  return (host, repository) => {
    const account = accounts.find(({ registry }) => registry === host);
    if (account === undefined) return isNodesOwn ? own(host, repository) : Promise.resolve(undefined);
    const { username, password } = account;
    return Promise.resolve({ kind: "password", username, password });
  };
}

/** What is wrong with the registry itself, with what helps. */
function explained(error: unknown, airGap: AirGapSettings, isNodesOwn: boolean, making?: Making): unknown {
  if (!(error instanceof MirrorError)) return error;
  const [what = ""] = error.message.split("\n");
  const next = error.code === "E_AUTH" ? signIn(airGap, isNodesOwn) : reaching(making);
  return new UserError(`airGap.verify: ${airGap.registry} cannot be asked: ${what}`, { next, cause: error });
}

function signIn({ registry, harbor }: AirGapSettings, isNodesOwn: boolean): string {
  if (harbor !== undefined) {
    return `give its robot account another password, where somebody has changed it: pulumi config set --path '${PROJECT}:rotation["registry/pull"]' 1, or one more than it is`;
  }
  return isNodesOwn
    ? `sign in as for push, with docker login or podman login to ${registry.split("/")[0]}`
    : "correct airGap.pullSecret: username, and the password with pulumi config set --secret --path airGap.pullSecret.password";
}

function reaching(making?: Making): string {
  const check =
    "check airGap.registry, the network and, for a certificate of an authority of your own, airGap.ca; or leave airGap.verify out";
  if (making?.dnsRecord === undefined) return check;
  return `make the record ${making.dnsRecord}, where its name does not lead to it yet, fill it with npm run mirror -- push, and run this again; else ${check}`;
}
