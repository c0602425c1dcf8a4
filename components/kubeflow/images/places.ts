import type { KubernetesObject } from "../../kit/objects.ts";
import type { Repair } from "../repairs/repair.ts";
import type { Replacement } from "./rewrite.ts";

/** What is known of the images of one release: where they hide, what replaces them, and what only looks like one. */
export interface ReleaseImages {
  readonly replacements: readonly Replacement[];
  /** What replaced programs need of their manifests. */
  readonly repairs: readonly Repair[];
  readonly companions: readonly Companion[];
  readonly places: ImagePlaces;
  readonly notImages: readonly NotAnImage[];
}

/** An object that a replaced program needs beside itself. */
export interface Companion {
  /** The object whose part it joins, and without which it is left out. */
  readonly beside: string;
  readonly object: KubernetesObject;
}

/** Where images stand other than in the containers of a pod. Objects are named as `objectId` names them. */
export interface ImagePlaces {
  /** Fields of custom resources, by kind. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly flags: readonly FlagPlace[];
  readonly variables: readonly VariablePlace[];
  /** Keys of ConfigMaps whose whole value is a reference. */
  readonly keys: readonly KeyPlace[];
  readonly documents: readonly DocumentPlace[];
  readonly injectors: readonly InjectorPlace[];
  /** Images that a program pulls and that nothing can change. */
  readonly fixed: readonly FixedImages[];
}

export interface ContainerPlace {
  readonly workload: string;
  readonly container: string;
}

/** A command line flag, as `--flag value` or `--flag=value`. */
export interface FlagPlace extends ContainerPlace {
  readonly flag: string;
  /** What the program uses without the flag. */
  readonly compiledIn?: string;
}

export interface VariablePlace extends ContainerPlace {
  readonly variable: string;
  /** A second variable that holds what comes after the last colon. */
  readonly versionVariable?: string;
  /** The program puts a version of its own to it. */
  readonly nameOnly?: boolean;
  /** Those versions, where a user is offered them. */
  readonly versions?: readonly string[];
  /** What the program uses without the variable. */
  readonly compiledIn?: string;
}

export interface KeyPlace {
  readonly configMap: string;
  readonly key: string;
}

/** References within YAML, JSON or a program that a ConfigMap holds as text. */
export interface DocumentPlace {
  readonly configMap: string;
  /**
   * Finds them, flags `d` and `g`: named group `reference`, or `name` and `version` where the program joins the two with
   * a colon.
   */
  readonly pattern: RegExp;
  /** The program puts a version of its own to them. */
  readonly nameOnly?: boolean;
}

/** Values of Istio's sidecar injector: JSON that holds a hub, a tag and the names of the images below the hub. */
export interface InjectorPlace {
  readonly configMap: string;
  readonly key: string;
  readonly hub: readonly string[];
  readonly tag: readonly string[];
  readonly names: readonly (readonly string[])[];
}

export interface FixedImages {
  /** The workload whose program uses them. */
  readonly workload: string;
  readonly references: readonly string[];
  /** When they are pulled, and what a user can do. */
  readonly note: string;
}

export interface NotAnImage {
  readonly pattern: RegExp;
  readonly why: string;
}
