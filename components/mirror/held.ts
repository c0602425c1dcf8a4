import { UserError } from "../kit/errors.ts";
import { accountsWith } from "../kubeflow/air-gap/index.ts";
import type { AirGapSettings } from "../kubeflow/air-gap/settings.ts";
import type { RegistryAccount } from "../kubeflow/images/settings.ts";
import { MirrorError } from "./errors.ts";
import type { ListedImage } from "./list/closed-list.ts";
import type { CredentialSource } from "./registry/credentials.ts";
import { Registries } from "./registry/index.ts";
import { absentFrom } from "./verify/presence.ts";
import { wantedImage } from "./wanted.ts";

/** A registry of the site's own is there or is not: nobody waits for it as for one that limits its users. */
const RETRIES = { attempts: 4, maxWait: 60_000 };

/** Throws UserError naming every image that the mirror does not have as it is locked, and who uses it. */
export async function assertHeld(
  airGap: AirGapSettings,
  accounts: readonly RegistryAccount[],
  images: readonly ListedImage[],
): Promise<void> {
  const { registry, ca } = airGap;
  const registries = new Registries({
    ...(ca !== undefined && { ca: [ca] }),
    credentials: credentialsFrom(accountsWith(airGap, accounts)),
    retries: RETRIES,
  });
  const wanted = images.map((image) => wantedImage(image, "the list of images"));
  const absent = await absentFrom(registry, registries, wanted)
    .catch((error: unknown) => {
      throw explained(error, registry);
    })
    .finally(() => registries.close());
  if (absent.length === 0) return;
  const lines = absent.map(({ reference, error }) => {
    const [origin] = images.find((image) => image.reference === reference)?.origins ?? [];
    const differs = error instanceof MirrorError && error.code === "E_DIFFERS";
    return `  ${reference} of ${origin?.object ?? ""}${differs ? ": another image than the lock says" : ""}`;
  });
  throw new UserError(
    [`airGap.verify: ${registry} lacks ${absent.length} of the ${images.length} images of this stack:`, ...lines].join(
      "\n",
    ),
    { next: `npm run mirror -- push <folder> --to ${registry}` },
  );
}

/** Those that the cluster is given, so that what is checked is what will be pulled with. */
function credentialsFrom(accounts: readonly RegistryAccount[]): CredentialSource {
  return (host) => {
    const account = accounts.find(({ registry }) => registry === host);
    if (account === undefined) return Promise.resolve(undefined);
    const { username, password } = account;
    return Promise.resolve({ kind: "password", username, password });
  };
}

/** What is wrong with the registry itself, with the setting that helps. */
function explained(error: unknown, registry: string): unknown {
  if (!(error instanceof MirrorError)) return error;
  const [what = ""] = error.message.split("\n");
  const next =
    error.code === "E_AUTH"
      ? "correct airGap.pullSecret: username, and the password with pulumi config set --secret --path airGap.pullSecret.password"
      : "check airGap.registry, the network and, for a certificate of an authority of your own, airGap.ca; or leave airGap.verify out";
  return new UserError(`airGap.verify: ${registry} cannot be asked: ${what}`, { next, cause: error });
}
