import type { ReleaseAccess } from "../access/index.ts";
import type { ReleaseOutside } from "../air-gap/index.ts";
import type { SignOnNames } from "../auth/names.ts";
import type { CredentialPlaces } from "../credentials/places.ts";
import type { ReleaseImages } from "../images/index.ts";
import type { EntranceNames } from "../ingress/names.ts";
import type { ReviewedTraffic } from "../network/flows.ts";
import type { StartedPod } from "../profile-pods.ts";
import type { SizingTable } from "../resources/sizing.ts";
import type { ComponentTable } from "../selection/components.ts";
import type { ReleaseServices } from "../services/release.ts";
import { release181 } from "./1.8.1/release.ts";

/** What is specific to one Kubeflow release; everything else works from this. */
export interface ReleaseDefinition {
  readonly version: string;
  /** Where the manifests come from: a commit, and the tree that it must hold. */
  readonly repository: string;
  readonly commit: string;
  readonly tree: string;
  /** Name of an archive of the manifests that is found beside the project. */
  readonly archive: string;
  /** The kustomization that is the release, relative to the source. */
  readonly kustomization: string;
  /** File of one digest an object, relative to this folder. */
  readonly lock: URL;
  /** What the source holds beside the release, taken where a setting asks for it. */
  readonly extras: Readonly<Record<string, ExtraDefinition>>;
  /** Where it names images, which of them are gone, and what replaces those. */
  readonly images: ReleaseImages;
  /** Where it ships public passwords. */
  readonly credentials: CredentialPlaces;
  /** What it calls the objects that browsers pass through, and those of its sign-on. */
  readonly entrance: EntranceNames;
  readonly signOn: SignOnNames;
  /** What it keeps data in, which other services can stand in for. */
  readonly services: ReleaseServices;
  /** What its containers get, and run as, and what its components and members may do. */
  readonly sizing: SizingTable;
  readonly access: ReleaseAccess;
  /** Its namespaces, which no profile may have. */
  readonly namespaces: readonly string[];
  /** What it asks of the world outside its cluster. */
  readonly outside: ReleaseOutside;
  /** What no rule can tell of its traffic. */
  readonly traffic: ReviewedTraffic;
  /** What it starts in every profile's namespace. */
  readonly profilePods: readonly StartedPod[];
  /** Parts of the platform and the folders of the source that make them up; the longest matching folder wins. */
  readonly parts: Readonly<Record<string, PartDefinition>>;
  /** Which parts can be left out. */
  readonly components: ComponentTable;
  /** Id of the ConfigMap with the links of its dashboard. */
  readonly dashboardLinks: string;
}

export interface PartDefinition {
  /** For people: tables, progress, previews. */
  readonly title: string;
  /** Last part of the component's type token. */
  readonly type: string;
  readonly folders: readonly string[];
}

export interface ExtraDefinition {
  /** A kustomization of the source, relative to it. */
  readonly kustomization: string;
  /** Ids of the objects that are taken; one that the release has too stands in its place. */
  readonly objects: readonly string[];
  /** File of one digest an object that is taken. */
  readonly lock: URL;
  /** Where the release's repository does not have it: what to put into a source of one's own. */
  readonly supplied?: string;
  /** The commit of another repository that it is of. */
  readonly commit?: string;
}

export const releases = { "1.8.1": release181 } as const satisfies Record<string, ReleaseDefinition>;

export type ReleaseVersion = keyof typeof releases;

/** The one that is installed where no setting says otherwise. */
export const DEFAULT_RELEASE = "1.8.1" satisfies ReleaseVersion;

/** Names of what can be taken beside a release. */
export type ExtraName = keyof (typeof releases)[ReleaseVersion]["extras"];
